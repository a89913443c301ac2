namespace LlmDapr.Contracts.Hop;

/// <summary>How the answers of a model are cached. What is null is as the default says.</summary>
/// <param name="Mode">Which requests.</param>
/// <param name="TtlSeconds">How long an answer is fresh, seconds.</param>
/// <param name="StaleSeconds">How much longer it may be served while a new one is fetched, seconds.</param>
public sealed record CachePolicy(CacheMode? Mode, int? TtlSeconds, int? StaleSeconds);
