using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmDapr.Contracts.Requests;

/// <summary>Replaces parts of a request body by offset, so that nothing is ever re-serialised.</summary>
internal static class RequestSplice
{
    public static ReadOnlyMemory<byte> Apply(RequestEnvelope request, string model, bool addUsage)
    {
        var body = request.Body;
        var sameModel = string.Equals(request.Model, model, StringComparison.Ordinal);
        if (sameModel && !addUsage)
        {
            return body;
        }

        var edits = new List<(Range At, byte[] Text)>(2);
        if (!sameModel)
        {
            edits.Add((request.ModelValue, Quote(model)));
        }

        if (addUsage)
        {
            edits.Add(UsageEdit(request));
        }

        edits.Sort((a, b) => a.At.Start.Value.CompareTo(b.At.Start.Value));
        return Splice(body.Span, edits);
    }

    private static (Range At, byte[] Text) UsageEdit(RequestEnvelope request)
    {
        var options = request.StreamOptions;
        if (options.IncludeUsageValue is { } value)
        {
            return (value, "true"u8.ToArray());
        }

        if (options.IsObject)
        {
            var inside = options.Value!.Value.Start.Value + 1;
            return (inside..inside, options.IsEmpty ? "\"include_usage\":true"u8.ToArray() : "\"include_usage\":true,"u8.ToArray());
        }

        if (options.Value is { } nothing)
        {
            return (nothing, "{\"include_usage\":true}"u8.ToArray());
        }

        // A body has at least its model, so a member put first is followed by another.
        var first = request.Body.Span.IndexOf((byte)'{') + 1;
        return (first..first, "\"stream_options\":{\"include_usage\":true},"u8.ToArray());
    }

    private static byte[] Quote(string model) => [(byte)'"', .. JsonEncodedText.Encode(model, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"'];

    private static byte[] Splice(ReadOnlySpan<byte> body, List<(Range At, byte[] Text)> edits)
    {
        var result = new byte[body.Length + edits.Sum(edit => edit.Text.Length - (edit.At.End.Value - edit.At.Start.Value))];
        var (read, written) = (0, 0);
        foreach (var (at, text) in edits)
        {
            var kept = body[read..at.Start.Value];
            kept.CopyTo(result.AsSpan(written));
            text.CopyTo(result.AsSpan(written + kept.Length));
            written += kept.Length + text.Length;
            read = at.End.Value;
        }

        body[read..].CopyTo(result.AsSpan(written));
        return result;
    }
}
