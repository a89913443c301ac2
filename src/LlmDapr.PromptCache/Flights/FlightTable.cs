using System.Collections.Concurrent;
using LlmDapr.PromptCache.Keys;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmDapr.PromptCache.Flights;

/// <summary>
/// The calls that are under way in this process, one for a key: whoever asks the same meanwhile goes along with it instead of paying again. Thread-safe.
/// </summary>
public sealed class FlightTable(AnswerCache cache, IOptions<FlightOptions> options, TimeProvider time, ILogger<FlightTable> logger)
{
    private readonly ConcurrentDictionary<CacheKey, Flight> _flights = new();

    /// <summary>Calls under way.</summary>
    public int Count => _flights.Count;

    internal AnswerCache Cache => cache;

    internal TimeProvider Time => time;

    internal ILogger Logger => logger;

    internal int MaxAnswerBytes { get; } = options.Value.MaxAnswerBytes;

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
                return new FlightSeat(other, request, isLeader: false, time);
            }

            mine ??= new Flight(this, request);
            if (other is null ? _flights.TryAdd(request.Plan.Key, mine) : _flights.TryUpdate(request.Plan.Key, mine, other))
            {
                var flight = mine;
                _ = Task.Run(flight.RunAsync, CancellationToken.None);
                return new FlightSeat(flight, request, isLeader: true, time);
            }
        }
    }

    /// <summary>Fetches a new answer behind everybody's back, unless a call for it is under way.</summary>
    /// <returns>The seat that keeps the call going until it is disposed; null when a call is under way.</returns>
    public FlightSeat? BoardToRefresh(FlightRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var flight = new Flight(this, request with { IsFresh = true });
        if (!_flights.TryAdd(request.Plan.Key, flight))
        {
            return null;
        }

        _ = Task.Run(flight.RunAsync, CancellationToken.None);
        return new FlightSeat(flight, request, isLeader: true, time);
    }

    internal void Remove(Flight flight) => _flights.TryRemove(new KeyValuePair<CacheKey, Flight>(flight.Leader.Plan.Key, flight));
}
