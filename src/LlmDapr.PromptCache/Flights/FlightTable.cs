using System.Collections.Concurrent;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Keys;
using Microsoft.Extensions.Logging;

namespace LlmDapr.PromptCache.Flights;

/// <summary>
/// The calls that are under way in this process, one for a key: whoever asks the same meanwhile goes along with it instead of paying again. Thread-safe.
/// </summary>
public sealed class FlightTable
{
    private readonly ConcurrentDictionary<CacheKey, Flight> _flights = new();

    /// <param name="lookup">Asks the cache, memory and state store.</param>
    /// <param name="keep">Keeps a complete answer.</param>
    /// <param name="shared">Told of each request that another's lookup or call has served.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    internal FlightTable(
        Func<CachePlan, CancellationToken, ValueTask<CacheLookup>> lookup,
        Action<CachePlan, CacheAnswer> keep,
        Action<FlightStart> shared,
        FlightOptions options,
        TimeProvider time,
        ILogger<FlightTable> logger) =>
        (LookupAsync, Keep, Shared, Options, Time, Logger) = (lookup, keep, shared, options, time, logger);

    /// <summary>Calls under way.</summary>
    public int Count => _flights.Count;

    /// <summary>Requests that go along with them.</summary>
    public int OnBoard => _flights.Values.Sum(flight => flight.Seats);

    internal Func<CachePlan, CancellationToken, ValueTask<CacheLookup>> LookupAsync { get; }

    internal Action<CachePlan, CacheAnswer> Keep { get; }

    internal Action<FlightStart> Shared { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal FlightOptions Options { get; }

    /// <summary>A seat in the call for this request: that which is under way, or a new one, which the state store is asked before.</summary>
    public FlightSeat Board(FlightRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Flight? mine = null;
        while (true)
        {
            _flights.TryGetValue(request.Plan.Key, out var other);
            if (other is not null && request.Plan.Reads && other.TryBoard(request))
            {
                return new FlightSeat(other, request, isLeader: false, this);
            }

            mine ??= new Flight(this, request);
            if (other is null ? _flights.TryAdd(request.Plan.Key, mine) : _flights.TryUpdate(request.Plan.Key, mine, other))
            {
                _ = mine.RunAsync();
                return new FlightSeat(mine, request, isLeader: true, this);
            }
        }
    }

    /// <summary>
    /// Fetches a new answer behind everybody's back, unless a call for it is under way. Nobody goes along: who comes meanwhile may be served by what is kept, and does not
    /// wait for a call that is made without urgency.
    /// </summary>
    /// <returns>The seat that keeps the call going until it is disposed; null when a call is under way.</returns>
    public FlightSeat? BoardToRefresh(FlightRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var flight = new Flight(this, request with { IsFresh = true }, takesOthers: false);
        if (!_flights.TryAdd(request.Plan.Key, flight))
        {
            return null;
        }

        _ = flight.RunAsync();
        return new FlightSeat(flight, request, isLeader: true, this);
    }

    internal void Remove(Flight flight) => _flights.TryRemove(new KeyValuePair<CacheKey, Flight>(flight.Leader.Plan.Key, flight));
}
