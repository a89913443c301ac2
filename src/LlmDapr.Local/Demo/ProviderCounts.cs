namespace LlmDapr.Local.Demo;

/// <summary>What reached the provider, by its own count.</summary>
internal sealed record ProviderCounts(long Requests, long Completed, long PeakConcurrency, long Cancelled, long RateLimited, long InFlight);
