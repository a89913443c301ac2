namespace LlmDapr.PromptCache.Flights;

/// <summary>One request's part in a call. Disposing it leaves; the last to leave before the end cancels the call. Not thread-safe.</summary>
public sealed class FlightSeat : IDisposable
{
    private static readonly TimeSpan WorthACall = TimeSpan.FromMilliseconds(250);

    private readonly Flight _flight;
    private readonly FlightTable _table;
    private readonly long _endsAt;
    private readonly TimeSpan _timeLeftAtStart;
    private FlightStart? _start;
    private bool _hasLeft;

    internal FlightSeat(Flight flight, FlightRequest request, bool isLeader, FlightTable table)
    {
        (_flight, _table, IsLeader, _timeLeftAtStart) = (flight, table, isLeader, request.TimeLeft);
        _endsAt = Time.GetTimestamp() + (long)(request.TimeLeft.TotalSeconds * Time.TimestampFrequency);
    }

    /// <summary>Whether this request's call is the one that is made.</summary>
    public bool IsLeader { get; }

    /// <summary>What is left of the request's time.</summary>
    public TimeSpan TimeLeft => Time.GetElapsedTime(Time.GetTimestamp(), _endsAt);

    /// <summary>What the call came to, for those who want a stream: at its commit point.</summary>
    public async Task<FlightStart> StartAsync(CancellationToken cancellationToken)
    {
        if (IsLeader && _flight.Lookup is { } lookup)
        {
            // It is short: nobody's leaving is waited for longer than the state store may take.
            await ((Task)lookup).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (lookup.IsCompletedSuccessfully && await lookup is { IsHit: true } found)
            {
                return _start = new FlightStart.Hit(found);
            }
        }

        return _start = await _flight.Start.WaitAsync(cancellationToken);
    }

    /// <summary>What the call came to, for those who want a plain answer: at its end. Never a stream.</summary>
    public async Task<FlightStart> WholeAsync(CancellationToken cancellationToken)
    {
        var start = await StartAsync(cancellationToken);
        return _start = start is FlightStart.Streaming { Stream: var stream } ? await stream.Whole.WaitAsync(cancellationToken) : start;
    }

    /// <summary>
    /// Whether this failure is the leader's alone, whose deadline ended the call, or let it not begin, or whose form of the answer cannot be told in this request's,
    /// while this request has time left: then it boards again.
    /// </summary>
    public bool IsOnlyTheLeaders(FlightStart start)
    {
        if (IsLeader || TimeLeft < WorthACall)
        {
            return false;
        }

        return start switch
        {
            FlightStart.Failed { IsOfOtherForm: true } => true,
            FlightStart.Failed { Error.Status: 504 } or FlightStart.Whole { Head.Status: 504 } => IsOutOfTime,
            FlightStart.Whole { Head: { Status: 429 or 503, Attempts: 0 } } => _timeLeftAtStart > 2 * _flight.Leader.TimeLeft,
            _ => false,
        };
    }

    private TimeProvider Time => _table.Time;

    private bool IsOutOfTime => Time.GetElapsedTime(Time.GetTimestamp(), _flight.EndsAt) < WorthACall;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_hasLeft)
        {
            return;
        }

        _hasLeft = true;
        _flight.Leave();
        if (!IsLeader && _start is not null)
        {
            _table.Shared(_start is FlightStart.Streaming { Stream: { End.IsComplete: true, Whole: { IsCompletedSuccessfully: true } whole } } ? whole.GetAwaiter().GetResult() : _start);
        }
    }
}
