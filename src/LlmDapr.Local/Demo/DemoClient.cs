using System.Net;
using System.Text;
using System.Text.Json;
using LlmDapr.Contracts;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Demo;

/// <summary>Sends requests as any OpenAI client does, and looks at every byte of the answers.</summary>
internal sealed class DemoClient
{
    private const string DataPrefix = "data: ";
    private const string Done = "[DONE]";
    private const string RecoveredField = "x_llmdapr_recovered";

    private readonly HttpClient _client;
    private readonly TimeProvider _time;

    /// <summary>A client of the API.</summary>
    public DemoClient(HttpClient api, TimeProvider time) => (_client, _time) = (api, time);

    /// <summary>Sends one request and judges its answer. Never throws, except when cancelled.</summary>
    public async Task<DemoAnswer> SendAsync(DemoRequest request, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        var answer = new DemoAnswer(request, null, TimeSpan.Zero, null);
        try
        {
            using var message = DemoHttp.Post("v1/chat/completions", request.Body);
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
            answer = answer with { Target = HeaderOf(response, HeaderNames.Target), Cache = HeaderOf(response, HeaderNames.Cache) };
            answer = response.StatusCode != HttpStatusCode.OK
                ? answer with { Problem = $"status {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellation)}" }
                : request.Streamed
                    ? await ReadStreamAsync(answer, response, began, cancellation)
                    : ReadPlain(answer, await response.Content.ReadAsByteArrayAsync(cancellation));
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            answer = answer with { Problem = error.Message };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            answer = answer with { Problem = $"no answer within {_client.Timeout.TotalSeconds:0} s" };
        }

        return answer with { Total = _time.GetElapsedTime(began) };
    }

    /// <summary>Sends requests at once, but for those that are late, and shows how many answers are there.</summary>
    public Task<IReadOnlyList<DemoAnswer>> SendAllAsync(IReadOnlyList<DemoRequest> requests, RunOutput output, CancellationToken cancellation)
    {
        var streamed = requests.Count(request => request.Streamed);
        return DemoProgress.ShowAsync(requests.Count - streamed, streamed, output, async tell =>
        {
            var all = await Task.WhenAll(requests.GroupBy(request => request.Prompt).Select(async same =>
            {
                var first = await SendAsync(same.Where(request => !request.IsLate), tell, cancellation);
                return first.Concat(await SendAsync(same.Where(request => request.IsLate), tell, cancellation));
            }));
            return (IReadOnlyList<DemoAnswer>)[.. all.SelectMany(answers => answers).OrderBy(answer => answer.Request.Number)];
        });
    }

    /// <summary>Reads the simulator's own count of what reached it.</summary>
    public static async Task<ProviderCounts> ReadCountsAsync(int simulatorPort, CancellationToken cancellation)
    {
        using var stats = await ReadStatisticsAsync(simulatorPort, cancellation);
        var total = stats.RootElement.GetProperty("total");
        long Count(string name) => total.GetProperty(name).GetInt64();
        return new ProviderCounts(
            Count("requests"), Count("completed"), Count("peak_concurrency"), Count("cancelled"), Count("rate_limited"), new DemoUsage(Count("prompt_tokens"), Count("completion_tokens")));
    }

    /// <summary>How many calls reached each of the simulator's models.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> ReadCallsAsync(int simulatorPort, CancellationToken cancellation)
    {
        using var stats = await ReadStatisticsAsync(simulatorPort, cancellation);
        return stats.RootElement.GetProperty("models").EnumerateObject().ToDictionary(model => model.Name, model => model.Value.GetProperty("requests").GetInt64(), StringComparer.Ordinal);
    }

    /// <summary>What a plain answer says, and why it is wrong, if it is.</summary>
    internal static DemoAnswer ReadPlain(DemoAnswer answer, byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        return answer with { Problem = JudgePlain(answer.Request, json.RootElement), Usage = DemoUsage.Of(json.RootElement) };
    }

    /// <summary>Why a plain answer is wrong, or null.</summary>
    internal static string? JudgePlain(DemoRequest request, JsonElement body)
    {
        var choice = body.GetProperty("choices")[0];
        return Judge(request, choice.GetProperty("message").GetProperty("content").GetString(), choice.GetProperty("finish_reason").GetString());
    }

    private static string? HeaderOf(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.First() : null;

    private static async Task<JsonDocument> ReadStatisticsAsync(int simulatorPort, CancellationToken cancellation)
    {
        using var client = DemoHttp.To(simulatorPort);
        return JsonDocument.Parse(await client.GetByteArrayAsync(new Uri("control/stats", UriKind.Relative), cancellation));
    }

    private Task<DemoAnswer[]> SendAsync(IEnumerable<DemoRequest> requests, Action<DemoAnswer> tell, CancellationToken cancellation) =>
        Task.WhenAll(requests.Select(async request =>
        {
            var answer = await SendAsync(request, cancellation);
            tell(answer);
            return answer;
        }));

    private async Task<DemoAnswer> ReadStreamAsync(DemoAnswer answer, HttpResponseMessage response, long began, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        string? finish = null, last = null;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            if (!line.StartsWith(DataPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            last = line[DataPrefix.Length..];
            if (last == Done)
            {
                continue;
            }

            using var chunk = JsonDocument.Parse(last);
            if (chunk.RootElement.TryGetProperty("error", out var error))
            {
                return answer with { Problem = $"the stream broke: {error.GetRawText()}" };
            }

            answer = answer with { Recovered = answer.Recovered || chunk.RootElement.TryGetProperty(RecoveredField, out _), Usage = DemoUsage.Of(chunk.RootElement) ?? answer.Usage };
            foreach (var choice in chunk.RootElement.GetProperty("choices").EnumerateArray())
            {
                if (choice.GetProperty("delta").TryGetProperty("content", out var piece) && piece.GetString() is { Length: > 0 } content)
                {
                    answer = answer.FirstToken is null ? answer with { FirstToken = _time.GetElapsedTime(began) } : answer;
                    text.Append(content);
                }

                finish = choice.TryGetProperty("finish_reason", out var reason) ? reason.GetString() ?? finish : finish;
            }
        }

        return answer with { Problem = last == Done ? Judge(answer.Request, text.ToString(), finish) : $"the stream ended without {Done}" };
    }

    private static string? Judge(DemoRequest request, string? text, string? finish) =>
        finish != "stop" ? $"finish_reason is {finish ?? "missing"}, not stop"
        : text != request.Expected ? $"the text is not the simulator's: '{text}' instead of '{request.Expected}'"
        : null;
}
