using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using LlmDapr.PromptCache.Answers;

namespace LlmDapr.PromptCache.Tests.Answers;

public sealed class ChatReplayTests
{
    private const string Plain = """{"id":"a","object":"chat.completion","created":5,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1},"system_fingerprint":"fp","x":[1]}""";

    [Fact]
    public void TryWrite_WithUsage_IsAStreamOfOpenAi() =>
        Assert.Equal(
            [
                """data: {"id":"a","created":5,"model":"m","system_fingerprint":"fp","object":"chat.completion.chunk","x":[1],"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}""",
                """data: {"id":"a","created":5,"model":"m","system_fingerprint":"fp","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null}],"usage":null}""",
                """data: {"id":"a","created":5,"model":"m","system_fingerprint":"fp","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}""",
                """data: {"id":"a","created":5,"model":"m","system_fingerprint":"fp","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":1}}""",
                "data: [DONE]",
                "",
            ],
            Replay(Plain, includeUsage: true).Split("\n\n"));

    [Fact]
    public void TryWrite_WithoutUsage_DoesNotSpeakOfIt()
    {
        var stream = Replay(Plain, includeUsage: false);

        Assert.DoesNotContain("usage", stream, StringComparison.Ordinal);
        Assert.DoesNotContain("\"choices\":[]", stream, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", stream, StringComparison.Ordinal);
    }

    [Fact]
    public void TryWrite_LongText_IsCutIntoPiecesAfterSpaces()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 900));
        var pieces = Chunks(Replay(Plain.Replace("Hi", text, StringComparison.Ordinal), includeUsage: false))
            .Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"]).Where(piece => piece is { Length: > 0 }).ToList();

        Assert.InRange(pieces.Count, 20, 64);
        Assert.All(pieces.SkipLast(1), piece => Assert.EndsWith("word ", piece, StringComparison.Ordinal));
        Assert.Equal(text, string.Concat(pieces));
    }

    // Each chunk by itself is valid Unicode: a client decodes one by one.
    [Fact]
    public void TryWrite_TextWithoutSpaces_CutsNoCharacter()
    {
        var emoji = string.Concat(Enumerable.Repeat("\\ud83d\\ude00", 60)) + string.Concat(Enumerable.Repeat("模😀\\n\\u00e9", 60));

        var deltas = Chunks(Replay(Plain.Replace("Hi", emoji, StringComparison.Ordinal), includeUsage: false)).Select(chunk => chunk["choices"]![0]!["delta"]!["content"]).ToList();

        Assert.True(deltas.Count > 5);
        Assert.All(deltas.Where(delta => delta is not null), delta => Assert.DoesNotContain('\uFFFD', delta!.GetValue<string>()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"choices\":[]}")]
    [InlineData("{\"choices\":[{\"index\":0}]}")]
    [InlineData("{\"choices\":[{\"message\":null}]}")]
    [InlineData("{\"object\":\"list\",\"data\":[]}")]
    public void TryWrite_NoChatCompletion_WritesNothing(string plain)
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.False(ChatReplay.TryWrite(Encoding.UTF8.GetBytes(plain), includeUsage: true, output));
        Assert.Equal(0, output.WrittenCount);
    }

    private static IEnumerable<JsonNode> Chunks(string stream) =>
        stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).SkipLast(1).Select(text => JsonNode.Parse(text["data: ".Length..])!);

    private static string Replay(string plain, bool includeUsage)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(ChatReplay.TryWrite(Encoding.UTF8.GetBytes(plain), includeUsage, output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
