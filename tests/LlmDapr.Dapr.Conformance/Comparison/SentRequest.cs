using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.Comparison;

/// <summary>Turns a case's <c>send</c> into a request.</summary>
public static partial class SentRequest
{
    /// <summary>Reads a <c>send</c>.</summary>
    public static WireRequest Read(JsonElement send, Placeholders placeholders)
    {
        if (send.TryGetProperty("raw", out var raw))
        {
            return ReadRaw(raw[0].GetString()!);
        }

        var headers = new HeaderList();
        if (send.TryGetProperty("headers", out var given))
        {
            foreach (var header in given.EnumerateArray())
            {
                headers.Add(new(header[0].GetString()!, placeholders.Fill(TextOf(header[1]))));
            }
        }

        var body = Body(send, headers, placeholders);
        var framing = send.TryGetProperty("framing", out var how) && how.GetString() is { } text ? text : body is null ? "none" : "length";
        return new WireRequest(send.GetProperty("method").GetString()!, placeholders.Fill(TextOf(send.GetProperty("target"))), headers, framing, body);
    }

    /// <summary>The text of a field that may be given as <c>{bytes, starts}</c>.</summary>
    public static string TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return value.GetString()!;
        }

        var starts = value.GetProperty("starts").GetString()!;
        return starts.PadRight(value.GetProperty("bytes").GetInt32(), starts[^1]);
    }

    // A JSON string of so many bytes.
    [GeneratedRegex("^<([0-9]+) bytes>$")]
    private static partial Regex LongString();

    private static byte[]? Body(JsonElement send, HeaderList headers, Placeholders placeholders)
    {
        if (!send.TryGetProperty("body", out var body) || body.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("base64", out var base64))
        {
            return base64.GetBytesFromBase64();
        }

        if (body.ValueKind == JsonValueKind.String && LongString().Match(body.GetString()!) is { Success: true } match)
        {
            var length = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            return Encoding.ASCII.GetBytes($"\"{new string('x', length - 2)}\"");
        }

        if (body.ValueKind == JsonValueKind.String)
        {
            return Encoding.UTF8.GetBytes(placeholders.Fill(body.GetString()!));
        }

        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("bytes", out _))
        {
            return Encoding.ASCII.GetBytes(TextOf(body));
        }

        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("chars", out var chars))
        {
            var (head, tail) = (body.GetProperty("head").GetString()!, body.GetProperty("tail").GetString()!);
            return Encoding.ASCII.GetBytes(head.PadRight(chars.GetInt32() - tail.Length, head[^1]) + tail);
        }

        // The recordings' client wrote a JSON body compactly and named its type.
        if (headers.First("content-type") is null)
        {
            headers.Add(new("content-type", "application/json"));
        }

        return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(body, PlainJson.Options));
    }

    private static WireRequest ReadRaw(string raw)
    {
        var lines = raw.Split("\r\n");
        var first = lines[0].Split(' ');
        var headers = new HeaderList();
        foreach (var line in lines.Skip(1).TakeWhile(line => line.Length > 0))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (!line.StartsWith("host:", StringComparison.OrdinalIgnoreCase))
            {
                headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
            }
        }

        return new WireRequest(first[0], first[1], headers);
    }
}
