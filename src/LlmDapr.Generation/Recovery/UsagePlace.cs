namespace LlmDapr.Generation.Recovery;

/// <summary>A count of a chunk's usage, and where its digits stand.</summary>
internal readonly record struct UsagePlace(Range At, int Value);
