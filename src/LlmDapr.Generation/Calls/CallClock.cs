namespace LlmDapr.Generation.Calls;

/// <summary>The total clock of a call, joined with the caller's leaving; it tells which of the two has ended the call.</summary>
internal sealed class CallClock : IDisposable
{
    private readonly CancellationToken _callerLeft;
    private readonly CancellationTokenSource _clock;
    private readonly CancellationTokenSource _either;

    public CallClock(TimeSpan total, TimeSpan? timeLeft, TimeProvider time, CancellationToken callerLeft)
    {
        Total = timeLeft < total ? timeLeft.Value : total;
        _callerLeft = callerLeft;
        _clock = new CancellationTokenSource(Total, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(callerLeft, _clock.Token);
    }

    /// <summary>The time that the call had in all.</summary>
    public TimeSpan Total { get; }

    /// <summary>Cancelled when the call has to end.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Whether the time ran out while the caller was still there.</summary>
    public bool RanOut => _clock.IsCancellationRequested && !_callerLeft.IsCancellationRequested;

    public void Dispose()
    {
        _either.Dispose();
        _clock.Dispose();
    }
}
