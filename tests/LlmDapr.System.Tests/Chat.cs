using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmDapr.Simulator.Answers;

namespace LlmDapr.System.Tests;

/// <summary>Chat requests as bytes, and what their answers have to be.</summary>
internal static class Chat
{
    public static readonly Uri Path = new("/v1/chat/completions", UriKind.Relative);

    public static string Body(string model, string prompt, bool stream, string more = "") =>
        $$"""{"model":{{JsonSerializer.Serialize(model)}},"messages":[{"role":"user","content":{{JsonSerializer.Serialize(prompt)}}}],"stream":{{(stream ? "true" : "false")}}{{more}}}""";

    public static string Expected(string model, string prompt) => SimulatedAnswer.TextFor(model, [("user", prompt)]);

    public static HttpRequestMessage Request(string body, Uri? path = null) => new(HttpMethod.Post, path ?? Path)
    {
        Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
    };

    public static async Task<HttpResponseMessage> PostAsync(this HttpClient http, string body, CancellationToken cancellationToken) =>
        await http.SendAsync(Request(body), HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>Reads a stream to its end; throws when it ends broken.</summary>
    public static async Task<IReadOnlyList<string>> EventsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var events = new List<string>();
        await ReadEventsAsync(response, events, cancellationToken);
        return events;
    }

    /// <summary>Reads a stream to its end into a list, which has what came even when the end is broken.</summary>
    public static async Task ReadEventsAsync(HttpResponseMessage response, List<string> events, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                events.Add(line["data: ".Length..]);
            }
        }
    }

    /// <summary>The words of a stream's events.</summary>
    public static string TextOf(IEnumerable<string> events) => string.Concat(events
        .Where(data => data != "[DONE]")
        .Select(data => JsonNode.Parse(data)!["choices"]?.AsArray())
        .Where(choices => choices is { Count: > 0 })
        .Select(choices => choices![0]!["delta"]?["content"]?.GetValue<string>() ?? string.Empty));

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
}
