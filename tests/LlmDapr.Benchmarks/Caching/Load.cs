using System.Diagnostics;
using System.Net.Http.Headers;
using LlmDapr.Testing;

namespace LlmDapr.Benchmarks.Caching;

/// <summary>One endpoint under a closed load, one connection for each body, with the time of a request in each round.</summary>
internal sealed class Load(string name, Uri address, IReadOnlyList<byte[]> bodies, string? expectedCache) : IDisposable
{
    private readonly HttpClient _http = RunningSystem.CreateClient(address);
    private readonly List<double> _rounds = [];

    public string Name => name;

    /// <summary>The median over the rounds, microseconds from one answer to the next over all connections.</summary>
    public double Microseconds => _rounds.Order().ElementAt(_rounds.Count / 2);

    /// <summary>Microseconds of each round.</summary>
    public IReadOnlyList<double> Rounds => _rounds;

    public async Task RunAsync(int calls, bool record)
    {
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(bodies.Select(body => CallAsync(body, calls / bodies.Count)));
        if (record)
        {
            _rounds.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds / calls);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task CallAsync(byte[] body, int calls)
    {
        var buffer = new byte[8192];
        for (var i = 0; i < calls; i++)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            response.EnsureSuccessStatusCode();
            var cache = response.Headers.TryGetValues("x-llmdapr-cache", out var values) ? values.First() : null;
            var length = 0;
            await using var stream = await response.Content.ReadAsStreamAsync();
            for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
            {
                length += read;
            }

            if (length != CachingEdge.Answer.Length || cache != expectedCache)
            {
                throw new InvalidOperationException($"{name}: an answer of {length} bytes that is a '{cache}'.");
            }
        }
    }
}
