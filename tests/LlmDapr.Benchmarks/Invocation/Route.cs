using System.Net.Http.Headers;
using HdrHistogram;
using LlmDapr.Testing;

namespace LlmDapr.Benchmarks.Invocation;

/// <summary>One way to the app, with its own connections and its own times.</summary>
internal sealed class Route(string name, Uri address, int connections) : IDisposable
{
    private const long HighestMicroseconds = 10_000_000;
    private static readonly byte[] Body = new byte[1024];

    private readonly HttpClient _http = RunningSystem.CreateClient(address);
    private readonly LongConcurrentHistogram _times = new(1, HighestMicroseconds, 3);

    public string Name => name;

    public double Median => _times.GetValueAtPercentile(50);

    public double P99 => _times.GetValueAtPercentile(99);

    /// <summary>Makes so many calls in all, each connection one after the other.</summary>
    public Task CallAsync(int calls, bool record) => Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
    {
        for (var i = 0; i < calls / connections; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            using var content = new ByteArrayContent(Body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(address, content);
            response.EnsureSuccessStatusCode();
            await response.Content.CopyToAsync(Stream.Null);
            if (record)
            {
                _times.RecordValue((long)TimeProvider.System.GetElapsedTime(started).TotalMicroseconds);
            }
        }
    }));

    public void Dispose() => _http.Dispose();
}
