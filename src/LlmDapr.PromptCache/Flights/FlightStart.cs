using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.PromptCache.Entries;

namespace LlmDapr.PromptCache.Flights;

/// <summary>What a flight came to at its commit point.</summary>
public abstract record FlightStart
{
    private FlightStart()
    {
    }

    /// <summary>The cache had the answer.</summary>
    /// <param name="Lookup">The answer, and how old it is.</param>
    public sealed record Hit(CacheLookup Lookup) : FlightStart;

    /// <summary>There is no answer.</summary>
    /// <param name="Error">What everybody on board gets to see.</param>
    public sealed record Failed(ApiError Error) : FlightStart
    {
        /// <summary>Whether there is an answer, but not in the form that is wanted: a call that asks for that form may bring one.</summary>
        public bool IsOfOtherForm { get; init; }
    }

    /// <summary>A whole plain answer: a success, or what is not one.</summary>
    /// <param name="Head">Its head; of a stream that was put together, that of the stream.</param>
    /// <param name="Body">Its bytes.</param>
    /// <param name="Usage">What it cost, where it is a success that says so.</param>
    public sealed record Whole(HopHead Head, ReadOnlyMemory<byte> Body, TokenUsage? Usage) : FlightStart;

    /// <summary>A stream has begun.</summary>
    /// <param name="Head">Its head.</param>
    /// <param name="Stream">Its events so far, and those to come.</param>
    public sealed record Streaming(HopHead Head, SharedStream Stream) : FlightStart;
}
