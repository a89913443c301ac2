using LlmDapr.Contracts.Requests;
using LlmDapr.Edge.Callers;
using LlmDapr.PromptCache.Freshness;

namespace LlmDapr.Edge.Caching;

/// <summary>A request in which the cache has a part.</summary>
/// <param name="Plan">Which part.</param>
/// <param name="Kind">What it asks for.</param>
/// <param name="Envelope">Its body.</param>
/// <param name="Caller">Who asks, and how much time there was at its arrival.</param>
/// <param name="ArrivedAt">The time stamp of that.</param>
internal sealed record CachedRequest(CachePlan Plan, RequestKind Kind, RequestEnvelope Envelope, Caller Caller, long ArrivedAt);
