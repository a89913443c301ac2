using LlmDapr.Generation.Catalog;

namespace LlmDapr.Generation.Scheduling;

/// <summary>A target that may take an attempt.</summary>
/// <param name="Target">The target.</param>
/// <param name="Rank">The lower, the more it is preferred; those of one rank share the load.</param>
/// <param name="Weight">The share of the load inside the rank, above 0.</param>
internal readonly record struct Candidate(Target Target, int Rank, double Weight);
