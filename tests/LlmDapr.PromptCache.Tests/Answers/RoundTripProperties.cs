using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using CsCheck;
using LlmDapr.PromptCache.Answers;
using LlmDapr.PromptCache.Tests.Flights;

namespace LlmDapr.PromptCache.Tests.Answers;

/// <summary>For any answer: told as a stream and put together again it is the same, whatever way the stream's bytes come.</summary>
public sealed class RoundTripProperties
{
    private static readonly string[] Texts = ["é", "模", "😀", "👩‍👩‍👧", "a ", "\"", "\\", "\n"];

    [Fact]
    public void PlainToStreamToPlain_AnyAnswer_IsTheIdentity() =>
        GeneratedAnswers.Any.Sample(answer => Assert.Equal(Json.Canonical(answer), Json.Canonical(ChatAssembler.Assemble([Replay(answer)])!)), iter: 2000);

    [Fact]
    public void PlainToStreamToPlain_UsageNotAskedFor_IsTheIdentityButForIt() =>
        GeneratedAnswers.Any.Sample(
            answer =>
            {
                var stream = Replay(answer, includeUsage: false);
                Assert.Equal(-1, stream.AsSpan().IndexOf("\"usage\""u8));
                var usage = answer[answer.IndexOf(",\"usage\":", StringComparison.Ordinal)..];
                var length = usage.IndexOf("}}", StringComparison.Ordinal) + 2;
                Assert.Equal(Json.Canonical(answer.Replace(usage[..length], string.Empty, StringComparison.Ordinal)), Json.Canonical(ChatAssembler.Assemble([stream])!));
            },
            iter: 500);

    [Fact]
    public async Task StreamToPlain_CutIntoAnyBytes_IsTheSame() =>
        await Gen.Select(GeneratedAnswers.Any, Gen.Int[1, 40].Array[1, 20]).SampleAsync(
            async (answer, lengths) =>
            {
                await using var upstream = new ScriptedUpstream(PipeReader.Create(new Pieces(Replay(answer), lengths)));
                var shared = new PromptCache.Flights.SharedStream(long.MaxValue);

                Assert.Null(await PromptCache.Flights.UpstreamReader.ReadStreamAsync(upstream, shared, TestContext.Current.CancellationToken));
                Assert.Equal(Json.Canonical(answer), Json.Canonical(shared.Assemble("data: [DONE]\n\n"u8.ToArray())!));
            },
            iter: 100);

    // As a provider does that knows nothing of characters: its escapes are cut between the halves of a pair.
    [Fact]
    public void StreamToPlain_TextCutBetweenSurrogates_IsTheSameText() =>
        Gen.Select(Gen.Int[0, Texts.Length - 1].Select(i => Texts[i]).Array[0, 40], Gen.Int[1, 3]).Sample(
            (parts, size) =>
            {
                var text = string.Concat(parts);
                var stream = new StringBuilder();
                foreach (var piece in text.Chunk(size))
                {
                    var escaped = string.Concat(piece.Select(character => $"\\u{(int)character:x4}"));
                    stream.Append($$$"""data: {"id":"x","choices":[{"index":0,"delta":{"content":"{{{escaped}}}"},"finish_reason":null}]}""").Append("\n\n");
                }

                stream.Append("""data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""").Append("\n\ndata: [DONE]\n\n");

                using var plain = System.Text.Json.JsonDocument.Parse(ChatAssembler.Assemble([Encoding.UTF8.GetBytes(stream.ToString())]));
                Assert.Equal(text.Length == 0 ? null : text, plain.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
            },
            iter: 1000);

    [Fact]
    public void StreamToPlain_AnyPrefix_IsNone() =>
        Gen.Select(GeneratedAnswers.Any, Gen.Double.Unit).Sample(
            (answer, part) =>
            {
                var stream = Replay(answer);
                Assert.Null(ChatAssembler.Assemble([stream.AsMemory(0, (int)(part * (stream.Length - 1)))]));
            },
            iter: 500);

    private static byte[] Replay(string answer, bool includeUsage = true)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(ChatReplay.TryWrite(Encoding.UTF8.GetBytes(answer), includeUsage, output));
        return output.WrittenSpan.ToArray();
    }
}
