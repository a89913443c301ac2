using System.Globalization;
using LlmDapr.Testing;

namespace LlmDapr.Benchmarks.Jobs;

/// <summary>The memory of a process while something piles up: what each thing costs is the slope between early and late samples.</summary>
/// <param name="name">What the process is.</param>
/// <param name="pid">Its number.</param>
/// <param name="metrics">Its page of metrics, where it has one that tells of the heap; else null.</param>
internal sealed class ProcessMemory(string name, int pid, Uri? metrics) : IDisposable
{
    private readonly HttpClient? _http = metrics is null ? null : RunningSystem.CreateClient(metrics);
    private readonly List<Sample> _samples = [];

    public string Name => name;

    public bool HasHeap => metrics is not null;

    /// <summary>Notes what the process has now.</summary>
    /// <param name="count">How much has piled up.</param>
    public async Task SampleAsync(int count)
    {
        var heap = _http is null ? 0L : Metrics.Sum(await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative)), "dotnet_gc_last_collection_heap_size_bytes");
        _samples.Add(new Sample(count, Resident("VmRSS"), Resident("RssAnon"), heap));
    }

    /// <summary>The median of the samples taken between two counts: a single one may lie before or after a collection.</summary>
    public Sample Between(int from, int to)
    {
        var within = _samples.Where(sample => sample.Count >= from && sample.Count <= to).ToList();
        return new Sample(
            Middle(within, sample => sample.Count),
            Middle(within, sample => sample.Resident),
            Middle(within, sample => sample.Anonymous),
            Middle(within, sample => sample.Heap));
    }

    public void Dispose() => _http?.Dispose();

    private static int Middle(List<Sample> samples, Func<Sample, int> of) => (int)Middle(samples, sample => (long)of(sample));

    private static long Middle(List<Sample> samples, Func<Sample, long> of) => samples.Select(of).Order().ElementAt(samples.Count / 2);

    private long Resident(string field)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(field + ":", StringComparison.Ordinal));
        return long.Parse(line.Split((char[])[':', '\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Bytes at one moment: resident in all, resident without files' pages, and the managed heap after the last collection.</summary>
    internal readonly record struct Sample(int Count, long Resident, long Anonymous, long Heap);
}
