using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Requests;
using LlmDapr.PromptCache.Freshness;

namespace LlmDapr.PromptCache.Flights;

/// <summary>A request that wants to be on board.</summary>
/// <param name="Plan">What the cache does for it; not a bypass.</param>
/// <param name="Kind">What it asks for.</param>
/// <param name="Streams">Whether it wants a stream, and so whether its own call asks for one.</param>
/// <param name="TimeLeft">Until when an answer is of use.</param>
/// <param name="CallAsync">
/// Makes the call, if no other is under way: an answer, or the error that everybody on board is to see. It must not use anything that ends with the
/// request, which the call may outlive. Cancelled when nobody is left on board.
/// </param>
public sealed record FlightRequest(
    CachePlan Plan,
    RequestKind Kind,
    bool Streams,
    TimeSpan TimeLeft,
    Func<CancellationToken, Task<(UpstreamAnswer? Answer, ApiError? Error)>> CallAsync)
{
    /// <summary>Whether the cache is not asked again: the caller wants a new answer, or takes none as old as the one that is kept.</summary>
    public bool IsFresh { get; init; }
}
