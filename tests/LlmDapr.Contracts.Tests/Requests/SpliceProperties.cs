using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using LlmDapr.Contracts.Requests;

namespace LlmDapr.Contracts.Tests.Requests;

/// <summary>For any body: what the splice does not have to change stays, byte by byte.</summary>
public sealed class SpliceProperties
{
    private const string Inserted = "\"include_usage\":true";
    private const string InsertedOptions = "\"stream_options\":{\"include_usage\":true},";

    private static readonly Gen<string> Space = OneOf("", "", "", " ", "\n", "\r\n\t", "   ");

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Char["abc XYZ0129 {}[]:,'/<>&+é模\u2028"].Array[0, 12].Select(chars => new string(chars)),
        OneOf("\\u00e9", "\\ud83d\\ude00", "\\\"", "\\\\", "\\n", "\\/", "model", "\\u006dodel", "😀", "\\ud800", "stream_options", "\\\"model\\\":\\\"x\\\""));

    private static readonly Gen<string> Scalar = Gen.OneOf(
        Text.Select(text => $"\"{text}\""),
        OneOf("1.0e0", "-0", "0.10", "1E+2", "123456789012345678901234567890", "1e-400", "true", "false", "null"));

    // Depth two is enough: the reader either skips a value or it does not.
    private static readonly Gen<string> Value = Gen.OneOf(Scalar, Container(Scalar), Container(Container(Scalar)));

    // A name that is none of those that are read: those must not come twice.
    private static readonly Gen<string> Unknown = Gen.Select(Text, Space, Value, Space, (name, before, value, after) => $"\"x{name}\"{before}:{after}{value}");

    private static readonly Gen<Body> Bodies = Gen.Select(
        Gen.Select(Space, Space, Space, Space, Space),
        OneOf("m", "gpt-4o-mini", "org\\/model", "\\u006d", "caf\\u00e9", "模型"),
        OneOf("", "null", "{}", "{ }", "{\"include_usage\":false}", "{\n\"include_usage\" :\tnull}", "{\"include_usage\":true}", "{\"z\":1.0e0}", "{ \"z\":[{}],\"include_usage\":false }"),
        OneOf("", "true", "true", "true", "false", "null"),
        Unknown.Array[0, 5],
        Gen.Int[0, int.MaxValue],
        (spaces, model, options, stream, unknown, order) => new Body(spaces, model, options, stream, unknown, order));

    [Fact]
    public void WithTarget_AnyBody_ChangesOnlyTheModelsValue() =>
        Bodies.Sample(body =>
        {
            var (before, text, after) = body.AroundModel();

            var spliced = Splice(text, "target/模\"", includeUsage: false);

            Assert.Equal($"{before}\"target/模\\\"\"{after}", spliced);
        }, iter: 2000);

    [Fact]
    public void WithTarget_AnyStreamedBody_ChangesOnlyIncludeUsage() =>
        Bodies.Where(body => body.Stream == "true").Sample(body =>
        {
            var (before, text, after) = body.AroundModel();
            var sameModel = Read(text).Model;

            var spliced = Splice(text, sameModel, includeUsage: true);

            Assert.True(Splits(text, spliced), $"{text}\nbecame\n{spliced}");
            Assert.True(Read(spliced).IncludesUsage);
            Assert.Contains($"\"{body.Model}\"", spliced, StringComparison.Ordinal);
            Assert.Equal(text.Length, before.Length + body.Model.Length + 2 + after.Length);
        }, iter: 2000);

    [Fact]
    public void WithTarget_AnyStreamedBody_BothChangesAreThoseOfEach() =>
        Bodies.Where(body => body.Stream == "true").Sample(body =>
        {
            var (_, text, _) = body.AroundModel();

            var inTwoSteps = Splice(Splice(text, "t", includeUsage: false), "t", includeUsage: true);

            Assert.Equal(inTwoSteps, Splice(text, "t", includeUsage: true));
        }, iter: 2000);

    [Fact]
    public void TryRead_AnyPrefixOfABody_IsRefusedAndNeverThrows() =>
        Gen.Select(Bodies, Gen.Double.Unit).Sample((body, part) =>
        {
            var bytes = Encoding.UTF8.GetBytes(body.AroundModel().Text.TrimEnd());
            var cut = bytes.AsMemory(0, (int)(part * (bytes.Length - 1)));

            Assert.False(RequestEnvelope.TryRead(cut, RequestKind.ChatCompletion, out _, out var error));
            Assert.Equal(400, error.Status);
        }, iter: 2000);

    [Fact]
    public void TryRead_AnyBytes_NeverThrow() =>
        Gen.Select(Bodies, Gen.Int[0, 500], Gen.Byte).Sample((body, at, value) =>
        {
            var bytes = Encoding.UTF8.GetBytes(body.AroundModel().Text);
            bytes[at % bytes.Length] = value;

            if (RequestEnvelope.TryRead(bytes, RequestKind.ChatCompletion, out var envelope, out var error))
            {
                // What is taken can be spliced into something that is read alike.
                Assert.True(RequestEnvelope.TryRead(envelope.WithTarget("t", includeUsage: true), RequestKind.ChatCompletion, out var again, out _));
                Assert.Equal(("t", envelope.Stream, envelope.Choices), (again.Model, again.Stream, again.Choices));
            }
            else
            {
                Assert.Equal(400, error.Status);
            }
        }, iter: 4000);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static Gen<string> Container(Gen<string> inner) => Gen.OneOf(
        Gen.Select(inner.Array[0, 3], Space, (items, space) => $"[{space}{string.Join($",{space}", items)}{space}]"),
        Gen.Select(inner.Array[0, 3], Space, (items, space) => $"{{{space}{string.Join(",", items.Select((item, i) => $"\"k{i}\"{space}:{item}"))}{space}}}"));

    private static RequestEnvelope Read(string text) => Tests.Requests.Bodies.Read(text);

    private static string Splice(string text, string model, bool includeUsage) => Tests.Requests.Bodies.Spliced(text, model, includeUsage);

    // Whether the second text is the first with one of the four edits at one place.
    private static bool Splits(string before, string after)
    {
        if (before == after)
        {
            return true;
        }

        var same = 0;
        while (same < before.Length && same < after.Length && before[same] == after[same])
        {
            same++;
        }

        // An inserted text may begin with what stands behind it, so each place up to the first difference is a candidate.
        (string Old, string New)[] edits = [("", Inserted), ("", Inserted + ","), ("", InsertedOptions), ("null", $"{{{Inserted}}}"), ("null", "true"), ("false", "true")];
        return edits.Any(edit => Enumerable.Range(0, same + 1).Any(at =>
            string.CompareOrdinal(before, at, edit.Old, 0, edit.Old.Length) == 0
            && after == string.Concat(before.AsSpan(0, at), edit.New, before.AsSpan(at + edit.Old.Length))));
    }

    private sealed record Body((string A, string B, string C, string D, string E) Spaces, string Model, string Options, string Stream, string[] Unknown, int Order)
    {
        public (string Before, string Text, string After) AroundModel()
        {
            var (a, b, c, d, e) = Spaces;
            List<string> members = [.. Unknown.Select((member, i) => member.Replace("\"x", $"\"x{i}", StringComparison.Ordinal)), $"\"messages\"{a}:{b}[{c}{{\"role\":\"user\"}}{d}]"];
            if (Options.Length > 0)
            {
                members.Insert(Order % (members.Count + 1), $"\"stream_options\"{d}:{c}{Options}");
            }

            if (Stream.Length > 0)
            {
                members.Insert(Order / 7 % (members.Count + 1), $"\"stream\"{b}:{e}{Stream}");
            }

            var at = Order / 49 % (members.Count + 1);
            var before = $"{a}{{{b}{string.Concat(members.Take(at).Select(member => $"{member}{c},{d}"))}\"model\"{e}:{a}";
            var after = $"{b}{string.Concat(members.Skip(at).Select(member => $",{d}{member}{e}"))}}}{c}";
            return (before, $"{before}\"{Model}\"{after}", after);
        }
    }
}
