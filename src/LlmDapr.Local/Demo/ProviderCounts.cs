namespace LlmDapr.Local.Demo;

/// <summary>What reached the provider, by its own count.</summary>
internal sealed record ProviderCounts(long Requests, long Completed, long PeakConcurrency, long Cancelled, long RateLimited, DemoUsage Usage)
{
    /// <summary>What came after an earlier count; the peak is that of all.</summary>
    public ProviderCounts Since(ProviderCounts before) => new(
        Requests - before.Requests,
        Completed - before.Completed,
        PeakConcurrency,
        Cancelled - before.Cancelled,
        RateLimited - before.RateLimited,
        new DemoUsage(Usage.Prompt - before.Usage.Prompt, Usage.Completion - before.Usage.Completion));
}
