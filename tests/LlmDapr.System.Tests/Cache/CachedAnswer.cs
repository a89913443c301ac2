using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LlmDapr.Contracts;

namespace LlmDapr.System.Tests.Cache;

/// <summary>An answer, and what it says of the cache.</summary>
/// <param name="Status">The HTTP status; 0 when there was none.</param>
/// <param name="Cache"><c>x-llmdapr-cache</c>.</param>
/// <param name="Key"><c>x-llmdapr-cache-key</c>.</param>
/// <param name="Age"><c>Age</c>, seconds.</param>
/// <param name="Body">A plain answer's body, or a stream's events one a line.</param>
/// <param name="Text">The words of the first choice.</param>
/// <param name="IsWhole">Whether it came to its end: for a stream, <c>[DONE]</c>.</param>
internal sealed record CachedAnswer(int Status, string? Cache, string? Key, int? Age, string Body, string Text, bool IsWhole)
{
    /// <summary>Part of every request, so that a store which outlives the tests has nothing of theirs.</summary>
    public static readonly int Seed = RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>A request that the cache takes by default.</summary>
    public static string Deterministic(string model, string prompt, bool stream, string more = "") => Chat.Body(model, prompt, stream, $$""","temperature":0,"seed":{{Seed}}{{more}}""");

    public static Task<CachedAnswer> AskAsync(HttpClient http, string body, CancellationToken cancellationToken) => AskAsync(http, body, [], cancellationToken);

    /// <summary>Asks, and reads the answer to its end. One that breaks off is no exception but <see cref="IsWhole"/> false.</summary>
    public static async Task<CachedAnswer> AskAsync(HttpClient http, string body, IEnumerable<(string Name, string Value)> headers, CancellationToken cancellationToken)
    {
        using var request = Chat.Request(body);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return await ReadAsync(response, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return new CachedAnswer(0, null, null, null, "", "", IsWhole: false);
        }
    }

    /// <summary>Reads an answer whose head is there.</summary>
    public static async Task<CachedAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var events = new List<string>();
        var body = "";
        var isWhole = true;
        try
        {
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                await Chat.ReadEventsAsync(response, events, cancellationToken);
                isWhole = events is [.., "[DONE]"];
            }
            else
            {
                body = await response.Content.ReadAsStringAsync(cancellationToken);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            isWhole = false;
        }

        // A broken stream ends with an error, which has no words.
        var text = events.Count > 0 ? Chat.TextOf(events) : response.IsSuccessStatusCode && isWhole ? TextOf(body) : "";
        return new CachedAnswer(
            (int)response.StatusCode,
            Header(response, HeaderNames.Cache),
            Header(response, HeaderNames.CacheKey),
            Header(response, "age") is { } age ? int.Parse(age, CultureInfo.InvariantCulture) : null,
            events.Count > 0 ? string.Join('\n', events) : body,
            text,
            isWhole);
    }

    /// <summary>A plain answer's usage, as JSON.</summary>
    public string ReadUsage() => JsonNode.Parse(Body)!["usage"]!.ToJsonString();

    private static string TextOf(string body) => JsonNode.Parse(body)!["choices"]?[0]?["message"]?["content"]?.GetValue<string>() ?? "";

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
