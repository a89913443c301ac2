using System.Net.Http.Json;
using System.Text.Json;

namespace LlmDapr.Testing;

/// <summary>The simulator's control endpoints: what reached the provider.</summary>
public sealed class SimulatorControl(HttpClient http) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The counts.</summary>
    public async Task<SimulatorStats> StatsAsync(CancellationToken cancellationToken) =>
        (await http.GetFromJsonAsync<SimulatorStats>(new Uri("/control/stats", UriKind.Relative), Json, cancellationToken))!;

    /// <summary>The counts of one model; zeros when it was never asked for.</summary>
    public async Task<SimulatorCounts> OfAsync(string model, CancellationToken cancellationToken) =>
        (await StatsAsync(cancellationToken)).Models.GetValueOrDefault(model) ?? new SimulatorCounts();

    /// <summary>Lets the streams of a model go on that wait at their gate.</summary>
    public async Task ReleaseAsync(string model, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsync(new Uri($"/control/release?model={Uri.EscapeDataString(model)}", UriKind.Relative), null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The bodies that a model was asked with, byte for byte.</summary>
    public Task<IReadOnlyList<byte[]>> BodiesAsync(string model, CancellationToken cancellationToken) =>
        RequestsAsync(model, static request => request.GetProperty("body").GetBytesFromBase64(), cancellationToken);

    /// <summary>When the calls of a model arrived, Unix milliseconds, the first first.</summary>
    public Task<IReadOnlyList<long>> ArrivalsAsync(string model, CancellationToken cancellationToken) =>
        RequestsAsync(model, static request => request.GetProperty("at_ms").GetInt64(), cancellationToken);

    /// <summary>A header of each request that a model was asked with; null where it was not sent.</summary>
    public async Task<IReadOnlyList<string?>> HeadersAsync(string model, string name, CancellationToken cancellationToken)
    {
        using var answer = await http.GetFromJsonAsync<JsonDocument>(new Uri($"/control/requests?model={Uri.EscapeDataString(model)}", UriKind.Relative), cancellationToken);
        return [.. answer!.RootElement.GetProperty("requests").EnumerateArray().Select(request => request.GetProperty("headers").EnumerateArray()
            .Where(header => string.Equals(header.GetProperty("key").GetString(), name, StringComparison.OrdinalIgnoreCase))
            .Select(header => header.GetProperty("value").GetString())
            .FirstOrDefault())];
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<IReadOnlyList<T>> RequestsAsync<T>(string model, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        using var answer = await http.GetFromJsonAsync<JsonDocument>(new Uri($"/control/requests?model={Uri.EscapeDataString(model)}", UriKind.Relative), cancellationToken);
        return [.. answer!.RootElement.GetProperty("requests").EnumerateArray().Select(read)];
    }
}

/// <summary>The simulator's counts, in all and by model.</summary>
public sealed record SimulatorStats(SimulatorCounts Total, IReadOnlyDictionary<string, SimulatorCounts> Models);

/// <summary>Counts of calls.</summary>
public sealed record SimulatorCounts
{
    /// <summary>Calls that arrived.</summary>
    public int Requests { get; init; }

    /// <summary>Calls that are being answered.</summary>
    public int InFlight { get; init; }

    /// <summary>The most at once.</summary>
    public int PeakConcurrency { get; init; }

    /// <summary>Calls that were answered whole.</summary>
    public int Completed { get; init; }

    /// <summary>Calls whose caller left before the end.</summary>
    public int Cancelled { get; init; }

    /// <summary>Calls that were answered 429.</summary>
    public int RateLimited { get; init; }

    /// <summary>When the last caller left, Unix milliseconds.</summary>
    public long? LastCancelledAtMs { get; init; }

    /// <summary>When the last call arrived, Unix milliseconds.</summary>
    public long? LastStartedAtMs { get; init; }
}
