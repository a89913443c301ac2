using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.Comparison;

/// <summary>Compares an answer with a case's <c>receive</c>. Of times only the order and the rough size count.</summary>
public static class AnswerComparison
{
    /// <summary>Adds what differs.</summary>
    public static void Compare(JsonElement recorded, WireAnswer actual, Placeholders placeholders, List<string> differences)
    {
        if (recorded.TryGetProperty("raw", out var raw))
        {
            CompareRaw(raw, actual, placeholders, differences);
            return;
        }

        if (recorded.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.Number && status.GetInt32() != actual.Status)
        {
            differences.Add($"status is {actual.Status}, recorded {status.GetInt32()}");
        }

        var body = recorded.TryGetProperty("body", out var text) ? text : default;
        var varies = body.ValueKind == JsonValueKind.String && (Placeholders.IsIn(body.GetString()!) || IsMetadata(body.GetString()!));
        if (recorded.TryGetProperty("headers", out var headers))
        {
            HeaderComparison.Compare("answer", headers, actual.Headers, placeholders, differences, varies);
        }

        CompareBody(body, actual, placeholders, differences);
        var framing = recorded.TryGetProperty("framing", out var how) ? how.GetString() : "none";
        if (framing != actual.Framing)
        {
            differences.Add($"framing is {actual.Framing}, recorded {framing}");
        }

        if (recorded.TryGetProperty("end", out var end) && end.GetString() is { } ended && (ended == "clean") != actual.Clean)
        {
            differences.Add($"the answer ended {(actual.Clean ? "cleanly" : "broken")}, recorded {ended}");
        }

        CompareChunks(recorded, actual, differences);
    }

    /// <summary>Adds a difference of bodies.</summary>
    public static void CompareBody(JsonElement recorded, WireAnswer actual, Placeholders placeholders, List<string> differences)
    {
        switch (recorded.ValueKind)
        {
            case JsonValueKind.String when !placeholders.Match(Normal(recorded.GetString()!), Normal(actual.BodyText)):
                differences.Add($"body is {Short(actual.BodyText)}, recorded {Short(recorded.GetString()!)}");
                break;
            case JsonValueKind.Object when recorded.TryGetProperty("base64", out var base64):
                if (Convert.ToBase64String(actual.Body) != base64.GetString())
                {
                    differences.Add("body differs from the recorded bytes");
                }

                break;
            case JsonValueKind.Object when recorded.TryGetProperty("chars", out var chars):
                if (actual.BodyText is var whole
                    && (whole.Length != chars.GetInt32()
                        || !whole.StartsWith(recorded.GetProperty("head").GetString()!, StringComparison.Ordinal)
                        || !whole.EndsWith(recorded.GetProperty("tail").GetString()!, StringComparison.Ordinal)))
                {
                    differences.Add($"body is {Short(whole)}, recorded {chars} chars");
                }

                break;
            case JsonValueKind.Object when recorded.TryGetProperty("sha256", out var sha):
                if (Convert.ToHexStringLower(SHA256.HashData(actual.Body)) != sha.GetString())
                {
                    differences.Add($"body of {actual.Body.Length} bytes differs from the recorded one of {recorded.GetProperty("bytes")}");
                }

                break;
        }
    }

    private static void CompareRaw(JsonElement raw, WireAnswer actual, Placeholders placeholders, List<string> differences)
    {
        var text = string.Concat(raw.EnumerateArray().Select(piece => piece.GetProperty("text").GetString()));
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = text[..end].Split("\r\n");
        if (lines[0].Split(' ')[1] is var status && status != $"{actual.Status}")
        {
            differences.Add($"status is {actual.Status}, recorded {status}");
        }

        var headers = lines.Skip(1).Select(line => new[] { line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..] });
        HeaderComparison.Compare("answer", JsonSerializer.SerializeToElement(headers, PlainJson.Options), actual.Headers, placeholders, differences);
        if (!placeholders.Match(text[(end + 4)..], actual.BodyText))
        {
            differences.Add($"body is {Short(actual.BodyText)}, recorded {Short(text[(end + 4)..])}");
        }
    }

    // Pieces that the app wrote with pauses between must arrive as such: a relay that collects them is no stream.
    private static void CompareChunks(JsonElement recorded, WireAnswer actual, List<string> differences)
    {
        if (!recorded.TryGetProperty("chunks", out var chunks)
            || chunks.EnumerateArray().Any(chunk => !chunk.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String))
        {
            return;
        }

        // Two neighbours may come as one on a busy machine. What is cut elsewhere than the app cut it, or comes all at once, is wrong.
        var wanted = chunks.EnumerateArray().Select(chunk => chunk.GetProperty("text").GetString()!).ToArray();
        var found = actual.Chunks.Select(chunk => Encoding.UTF8.GetString(chunk.Bytes)).ToArray();
        var ends = Ends(wanted);
        if (found.Length == 0 || !Ends(found).IsSubsetOf(ends))
        {
            differences.Add($"chunks are [{string.Join("|", found.Select(Short))}], recorded [{string.Join("|", wanted.Select(Short))}]");
            return;
        }

        var recordedTime = chunks[wanted.Length - 1].GetProperty("ms").GetDouble() - chunks[0].GetProperty("ms").GetDouble();
        var actualTime = actual.Chunks[^1].Ms - actual.Chunks[0].Ms;
        if (actualTime < recordedTime / 3)
        {
            differences.Add($"the chunks came within {actualTime:0} ms, recorded {recordedTime:0} ms");
        }
    }

    private static HashSet<int> Ends(string[] pieces)
    {
        var at = 0;
        return [.. pieces.Select(piece => at += piece.Length)];
    }

    private static bool IsMetadata(string body) => body.Contains("\"runtimeVersion\"", StringComparison.Ordinal);

    // A daprd built from source calls its version "edge"; the order of its features varies.
    private static string Normal(string body) => !IsMetadata(body)
        ? body
        : body.Replace("[\"WorkflowsRemoteActivityReminder\",\"HotReload\"]", "[\"HotReload\",\"WorkflowsRemoteActivityReminder\"]", StringComparison.Ordinal)
            .Replace("untimeVersion\":\"edge\"", "untimeVersion\":\"<version>\"", StringComparison.Ordinal);

    private static string Short(string text) => text.Length > 400 ? $"{text[..300]}… ({text.Length})" : text;
}
