using LlmDapr.Simulator.Answers;

namespace LlmDapr.Simulator.Tests.Answers;

public sealed class SimulatedAnswerTests
{
    private const string Golden = "Keeps long slow follows season Ελλάδα walks all keeps clear slow. Line";

    private static readonly (string, string)[] Hello = [("system", "Be brief."), ("user", "Hello")];

    [Fact]
    public void TextFor_KnownPrompt_IsTheSameOnEveryMachine() =>
        Assert.Equal(Golden, SimulatedAnswer.TextFor("sim", Hello, 12));

    [Fact]
    public void TextFor_OtherModel_IsTheSame() =>
        Assert.Equal(SimulatedAnswer.TextFor("sim", Hello, 30), SimulatedAnswer.TextFor("sim-slow?fault=cut&tps=5", Hello, 30));

    [Theory]
    [InlineData("sim", 60)]
    [InlineData("sim-fast", 20)]
    [InlineData("sim?words=3", 3)]
    [InlineData("sim-fast?tps=3", 20)]
    public void TextFor_NoLength_TakesTheModelsName(string model, int words) =>
        Assert.Equal(SimulatedAnswer.TextFor("sim", Hello, words), SimulatedAnswer.TextFor(model, Hello));

    [Fact]
    public void TextFor_OtherQuestionOrChoice_Differs()
    {
        string[] texts =
        [
            SimulatedAnswer.TextFor("sim", Hello, 30),
            SimulatedAnswer.TextFor("sim", Hello, 30, choice: 1),
            SimulatedAnswer.TextFor("sim", [("user", "Hello!")], 30),
        ];
        Assert.Equal(3, texts.Distinct().Count());
    }

    [Fact]
    public void TextFor_EarlierMessages_DoNotMatter() =>
        Assert.Equal(
            SimulatedAnswer.TextFor("sim", [("user", "Hello")], 30),
            SimulatedAnswer.TextFor("sim", [("user", "Before"), ("assistant", "Yes"), ("user", "Hello"), ("tool", "42")], 30));

    [Fact]
    public void TextFor_Longer_BeginsWithShorter() =>
        Assert.StartsWith(SimulatedAnswer.TextFor("sim", Hello, 40), SimulatedAnswer.TextFor("sim", Hello, 41), StringComparison.Ordinal);

    [Fact]
    public void TextFor_AssistantMessageAtTheEnd_IsContinuedAtAnyCharacter()
    {
        string whole = SimulatedAnswer.TextFor("sim", Hello, 60);
        for (int length = 0; length <= whole.Length; length++)
        {
            string begun = whole[..length];
            Assert.Equal(whole, begun + SimulatedAnswer.TextFor("sim", [.. Hello, ("assistant", begun)], 60));
        }
    }

    [Fact]
    public void TextFor_ForeignAssistantMessageAtTheEnd_GoesOnAfterAsManyWords()
    {
        string whole = SimulatedAnswer.TextFor("sim", Hello, 10);
        string rest = SimulatedAnswer.TextFor("sim", [.. Hello, ("assistant", "Sure, here it is:")], 10);
        Assert.EndsWith(rest, whole, StringComparison.Ordinal);
        Assert.Equal(6, SimulatedAnswer.Pieces(rest).Count);
    }

    [Fact]
    public void Pieces_AnyText_AreItsWords()
    {
        string text = SimulatedAnswer.TextFor("sim", Hello, 60);
        IReadOnlyList<string> pieces = SimulatedAnswer.Pieces(text);
        Assert.Equal(60, pieces.Count);
        Assert.Equal(text, string.Concat(pieces));
        Assert.All(pieces.Skip(1), piece => Assert.Equal(0, piece.LastIndexOf(' ')));
    }

    [Fact]
    public void TextFor_SixtyWords_HasTwoThreeAndFourByteCharactersSomewhere()
    {
        string[] texts = [.. Enumerable.Range(0, 20).Select(i => SimulatedAnswer.TextFor("sim", [("user", $"{i}")], 60))];
        Assert.All(texts, text => Assert.Equal(4, text.Split(' ').Count(word => word.Any(c => c > 127))));
        string all = string.Concat(texts);
        Assert.Equal([1, 2, 3, 4], all.EnumerateRunes().Select(rune => rune.Utf8SequenceLength).Distinct().Order());
    }
}
