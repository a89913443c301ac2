namespace LlmDapr.Simulator.Control;

/// <summary>Counts in total and by model name (the whole name with its options).</summary>
/// <param name="Total">All requests.</param>
/// <param name="Models">By model name. Requests without a readable one are under <c>""</c>.</param>
public sealed record CallStatistics(CallCounts Total, IReadOnlyDictionary<string, CallCounts> Models);
