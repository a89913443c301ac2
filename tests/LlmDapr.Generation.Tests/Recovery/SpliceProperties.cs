using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using LlmDapr.Generation.Recovery;

namespace LlmDapr.Generation.Tests.Recovery;

/// <summary>Answers that are cut anywhere, also inside a character, and joined with another provider's pieces of the same answer.</summary>
public sealed class SpliceProperties
{
    private static readonly Gen<string> Words = Gen.OneOf("a", " ", "river", "\n", "\"", "\\", "é", "東京", "\U0001F30A", "\U0001F468\u200d\U0001F469", "\u0001", "/", " \t", "--------").Array[8, 60].Select(string.Concat);

    [Fact]
    public void Join_AnyCutOfAnyAnswer_IsTheAnswer() =>
        Gen.Select(Words, Gen.Int[0, 10_000], Gen.Int[1, 9].Array[1, 20], Gen.Int[1, 9].Array[1, 20], Gen.Bool, Gen.Bool).Sample((words, at, firstPieces, nextPieces, continues, escapes) =>
        {
            var text = "The whole answer, which is long enough: " + words;
            var cut = 33 + (at % (text.Length - 32));
            var (told, usage) = (new ToldAnswer(), new CallUsage());
            var output = new StringBuilder();
            foreach (var piece in Cut(text[..cut], firstPieces))
            {
                var data = Chunk("first", piece, escapes, role: output.Length == 0);
                told.Observe(ChatChunk.Read(data), data);
                Append(output, data);
            }

            var prefill = continues ? ContinuationRequest.PrefillLength(told.Words) : -1;
            var next = new NextAnswer(told, usage, new AnswerJoint(told.Words, prefill));
            foreach (var piece in Cut(continues ? text[prefill..] : text, nextPieces))
            {
                Take(Chunk("next", piece, !escapes, role: true));
            }

            Take("""{"id":"next","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""u8.ToArray());

            Assert.Equal(JointState.Joined, next.State);
            Assert.Equal(text, output.ToString());
            Assert.Equal(text, told.Words);

            void Take(byte[] data)
            {
                foreach (var (sent, _) in next.Take(data))
                {
                    Assert.Equal("first", JsonElement.Parse(sent).GetProperty("id").GetString());
                    Assert.Null(ChatChunk.Read(sent).Role);
                    Append(output, sent);
                }
            }
        });

    [Fact]
    public void Without_AnyBeginning_IsTheRest() =>
        Gen.Select(Words, Gen.Int[0, 10_000], Gen.Bool).Sample((text, at, escapes) =>
        {
            var skip = at % (text.Length + 1);
            var rest = new StringBuilder();

            Assert.True(JsonText.TryAppend(rest, JsonText.Without(Inside(text, escapes), skip)));
            Assert.Equal(text[skip..], rest.ToString());
        });

    private static IEnumerable<string> Cut(string text, int[] lengths)
    {
        for (var (at, i) = (0, 0); at < text.Length; i++)
        {
            var length = Math.Min(lengths[i % lengths.Length], text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    private static byte[] Chunk(string id, string words, bool escapes, bool role) =>
        [.. Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","choices":[{"index":0,"delta":{ {{(role ? "\"role\" : \"assistant\" , " : "")}}"content":"""), (byte)'"', .. Inside(words, escapes), .. "\"},\"finish_reason\":null}]}"u8];

    private static byte[] Inside(string text, bool escapes)
    {
        var inside = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && !escapes)
            {
                inside.Append(text[i]).Append(text[++i]);
            }
            else if (char.IsSurrogate(text[i]) || text[i] < ' ' || (escapes && text[i] > '~'))
            {
                inside.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            }
            else
            {
                inside.Append(text[i] is '"' or '\\' ? "\\" : "").Append(text[i]);
            }
        }

        return Encoding.UTF8.GetBytes(inside.ToString());
    }

    private static void Append(StringBuilder output, byte[] data)
    {
        if (ChatChunk.Read(data).Content is { } content)
        {
            Assert.True(JsonText.TryAppend(output, data.AsSpan()[content]));
        }
    }
}
