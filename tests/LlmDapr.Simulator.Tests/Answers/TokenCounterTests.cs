using LlmDapr.Simulator.Answers;
using Microsoft.ML.Tokenizers;

namespace LlmDapr.Simulator.Tests.Answers;

public sealed class TokenCounterTests
{
    private static readonly string Text = SimulatedAnswer.TextFor("sim", [("user", "Count me")], 120);

    [Fact]
    public void Count_AnyText_IsTheTokenizersCount() =>
        Assert.Equal(TiktokenTokenizer.CreateForModel("gpt-4o").CountTokens(Text), TokenCounter.Count(Text));

    [Theory(Timeout = 120_000)]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("=")]
    [InlineData("🌊")]
    public async Task Count_AMillionCharactersWithoutABreak_DoesNotTakeForEver(string character)
    {
        string text = string.Concat(Enumerable.Repeat(character, 1_000_000 / character.Length));
        int count = await Task.Run(() => TokenCounter.Count(text), TestContext.Current.CancellationToken);
        Assert.InRange(count, 1_000_000 / 256, 1_000_000);
    }

    [Fact]
    public void Count_ALongWord_IsAlmostTheTokenizersCount()
    {
        string text = $"before {new string('x', 2000)} after";
        Assert.InRange(TokenCounter.Count(text) - TiktokenTokenizer.CreateForModel("gpt-4o").CountTokens(text), 0, 8);
    }

    [Fact]
    public void Truncate_EveryLength_IsABeginningWithinTheLimit()
    {
        int total = TokenCounter.Count(Text);
        for (int limit = 1; limit <= total; limit++)
        {
            string cut = TokenCounter.Truncate(Text, limit);
            Assert.StartsWith(cut, Text, StringComparison.Ordinal);
            Assert.InRange(TokenCounter.Count(cut), Math.Max(0, limit - 3), limit);
            Assert.False(cut.Length > 0 && char.IsHighSurrogate(cut[^1]));
        }

        Assert.Equal(Text, TokenCounter.Truncate(Text, total));
    }

    [Fact]
    public void Split_AnyText_JoinsToItWithoutHalfCharacters()
    {
        IReadOnlyList<string> tokens = TokenCounter.Split(Text);
        Assert.Equal(Text, string.Concat(tokens));
        Assert.All(tokens, token => Assert.False(char.IsHighSurrogate(token[^1])));
        Assert.InRange(tokens.Count, 120, TokenCounter.Count(Text));
    }
}
