using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.Comparison;

/// <summary>Compares what an app got with a case's <c>app_received</c>. Only fields that a recorded request has are compared.</summary>
public static class ReceivedComparison
{
    /// <summary>Adds what differs.</summary>
    public static void Compare(
        string app, JsonElement recorded, IReadOnlyList<ReceivedRequest> actual, Placeholders placeholders, List<string> differences)
    {
        if (recorded.GetArrayLength() != actual.Count)
        {
            differences.Add($"{app} got {actual.Count} requests ({string.Join(", ", actual.Select(one => $"{one.Method} {one.Target}"))}), recorded {recorded.GetArrayLength()}");
            return;
        }

        for (var i = 0; i < actual.Count; i++)
        {
            Compare($"{app}'s request {i + 1}", recorded[i], actual[i], placeholders, differences);
        }
    }

    private static void Compare(string where, JsonElement recorded, ReceivedRequest actual, Placeholders placeholders, List<string> differences)
    {
        Text("method", actual.Method);
        Text("target", actual.Target);
        Text("version", actual.Version);
        var bare = SaysThatItIsEmpty(recorded, actual);
        Text("framing", bare ? "none" : actual.Framing);
        if (recorded.TryGetProperty("headers", out var headers))
        {
            HeaderComparison.Compare(where, headers, bare ? WithoutLength(actual.Headers) : actual.Headers, placeholders, differences);
        }

        if (recorded.TryGetProperty("body", out var body))
        {
            CompareBody(where, body, actual.Body, placeholders, differences);
        }

        if (recorded.TryGetProperty("app_saw_abort_ms", out var abort))
        {
            CompareAbort(where, abort.GetDouble(), actual, differences);
        }

        if (recorded.TryGetProperty("app_finished_ms", out _) && actual.FinishedMs is null)
        {
            differences.Add($"{where}: the app could not finish its answer");
        }

        void Text(string name, string found)
        {
            if (recorded.TryGetProperty(name, out var wanted) && wanted.ValueKind != JsonValueKind.Null && placeholders.Fill(SentRequest.TextOf(wanted)) is var text && text != found)
            {
                differences.Add($"{where}: {name} is {found}, recorded {text}");
            }
        }
    }

    // A GET may say that it has no content (RFC 9110 8.6). HttpClient does when the request has a Content-Type.
    private static bool SaysThatItIsEmpty(JsonElement recorded, ReceivedRequest actual) =>
        actual.Method == "GET" && actual.Headers.First("Content-Length") == "0"
        && recorded.TryGetProperty("framing", out var framing) && framing.GetString() == "none";

    private static HeaderList WithoutLength(HeaderList headers) =>
        [.. headers.Where(header => !header.Key.Equals("content-length", StringComparison.OrdinalIgnoreCase))];

    private static void CompareBody(string where, JsonElement recorded, byte[] actual, Placeholders placeholders, List<string> differences)
    {
        var same = recorded.ValueKind == JsonValueKind.Object
            ? recorded.GetProperty("sha256").GetString() == Convert.ToHexStringLower(SHA256.HashData(actual))
            : placeholders.Match(recorded.GetString()!, Encoding.UTF8.GetString(actual));
        if (!same)
        {
            differences.Add($"{where}: the body is {Short(actual)}, recorded {recorded}");
        }
    }

    private static string Short(byte[] body) => body.Length > 1000 ? $"{body.Length} bytes" : Encoding.UTF8.GetString(body);

    // A caller that leaves must be felt by the app at once; the second is a busy machine's.
    private static void CompareAbort(string where, double recordedMs, ReceivedRequest actual, List<string> differences)
    {
        if (actual.AbortMs is not { } ms)
        {
            differences.Add($"{where}: the app did not see that the caller had left");
        }
        else if (ms > recordedMs + 1000 || ms < recordedMs / 2)
        {
            differences.Add($"{where}: the app saw the caller leave after {ms:0} ms, recorded {recordedMs:0} ms");
        }
    }
}
