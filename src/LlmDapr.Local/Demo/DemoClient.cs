using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace LlmDapr.Local.Demo;

/// <summary>Sends requests as any OpenAI client does, and looks at every byte of the answers.</summary>
internal sealed class DemoClient : IDisposable
{
    private const string DataPrefix = "data: ";
    private const string Done = "[DONE]";

    private readonly HttpClient _client;
    private readonly TimeProvider _time;

    /// <summary>A client of the API at an address that ends in <c>/v1/</c>.</summary>
    public DemoClient(Uri api, TimeProvider time)
    {
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = api, Timeout = TimeSpan.FromSeconds(60) };
        _time = time;
    }

    /// <summary>Sends one request and judges its answer. Never throws, except when cancelled.</summary>
    public async Task<DemoAnswer> SendAsync(DemoRequest request, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        TimeSpan? firstToken = null;
        string? problem;
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, "chat/completions") { Content = new ByteArrayContent(request.Body) };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                problem = $"status {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellation)}";
            }
            else if (request.Streamed)
            {
                (firstToken, problem) = await ReadStreamAsync(request, response, began, cancellation);
            }
            else
            {
                problem = JudgePlain(request, await response.Content.ReadAsByteArrayAsync(cancellation));
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            problem = error.Message;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            problem = $"no answer within {_client.Timeout.TotalSeconds:0} s";
        }

        return new DemoAnswer(request, firstToken, _time.GetElapsedTime(began), problem);
    }

    /// <summary>Reads the simulator's own count of what reached it.</summary>
    public static async Task<ProviderCounts> ReadCountsAsync(int simulatorPort, CancellationToken cancellation)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var stats = JsonDocument.Parse(await client.GetByteArrayAsync(new Uri($"http://localhost:{simulatorPort}/control/stats"), cancellation));
        var total = stats.RootElement.GetProperty("total");
        long Count(string name) => total.GetProperty(name).GetInt64();
        return new ProviderCounts(Count("requests"), Count("completed"), Count("peak_concurrency"), Count("cancelled"), Count("rate_limited"), Count("in_flight"));
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Why a plain answer is wrong, or null.</summary>
    internal static string? JudgePlain(DemoRequest request, byte[] body)
    {
        using var answer = JsonDocument.Parse(body);
        var choice = answer.RootElement.GetProperty("choices")[0];
        return Judge(request, choice.GetProperty("message").GetProperty("content").GetString(), choice.GetProperty("finish_reason").GetString());
    }

    private async Task<(TimeSpan? FirstToken, string? Problem)> ReadStreamAsync(
        DemoRequest request, HttpResponseMessage response, long began, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        TimeSpan? firstToken = null;
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
                return (firstToken, $"the stream broke: {error.GetRawText()}");
            }

            foreach (var choice in chunk.RootElement.GetProperty("choices").EnumerateArray())
            {
                if (choice.GetProperty("delta").TryGetProperty("content", out var piece) && piece.GetString() is { Length: > 0 } content)
                {
                    firstToken ??= _time.GetElapsedTime(began);
                    text.Append(content);
                }

                finish = choice.TryGetProperty("finish_reason", out var reason) ? reason.GetString() ?? finish : finish;
            }
        }

        return (firstToken, last == Done ? Judge(request, text.ToString(), finish) : $"the stream ended without {Done}");
    }

    private static string? Judge(DemoRequest request, string? text, string? finish) =>
        finish != "stop" ? $"finish_reason is {finish ?? "missing"}, not stop"
        : text != request.Expected ? $"the text is not the simulator's: '{text}' instead of '{request.Expected}'"
        : null;
}
