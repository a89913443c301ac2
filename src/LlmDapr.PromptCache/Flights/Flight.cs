using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.PromptCache.Answers;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Freshness;

namespace LlmDapr.PromptCache.Flights;

/// <summary>
/// One call for everybody who asks the same: (1) the state store is asked; (2) the call is made; (3) its answer is read, whole or as a stream that is
/// shared as it comes; (4) when it is complete it is kept; (5) those on board learn of it. It goes on while anybody is on board, whoever began it, and is
/// cancelled when nobody is. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // A token source without a timer has nothing to dispose of, and whoever leaves last may cancel it at any time.
internal sealed class Flight
#pragma warning restore CA1001
{
    private static readonly TimeSpan PatienceAfterDone = TimeSpan.FromSeconds(1);

    private readonly FlightTable _table;
    private readonly FlightRequest _leader;
    private readonly bool _takesOthers;
    private readonly CancellationTokenSource _nobodyLeft = new();
    private readonly TaskCompletionSource<FlightStart> _start = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private SharedStream? _stream;
    private CachePlan _keeper;
    private int _seats = 1;
    private bool _isOver;

    public Flight(FlightTable table, FlightRequest leader, bool takesOthers = true)
    {
        (_table, _leader, _keeper, _takesOthers) = (table, leader, leader.Plan, takesOthers);
        EndsAt = table.Time.GetTimestamp() + (long)(leader.TimeLeft.TotalSeconds * table.Time.TimestampFrequency);
    }

    /// <summary>The time stamp at which the leader's deadline ends the call.</summary>
    public long EndsAt { get; }

    /// <summary>What the call came to at its commit point.</summary>
    public Task<FlightStart> Start => _start.Task;

    /// <summary>Requests on board.</summary>
    public int Seats => Volatile.Read(ref _seats);

    /// <summary>
    /// What the cache says, where it is asked: for the leader, who need not wait for another thread to be told. Set when <see cref="RunAsync"/> has returned.
    /// </summary>
    public Task<CacheLookup>? Lookup { get; private set; }

    public FlightRequest Leader => _leader;

    /// <summary>Takes a seat, where there is one: a call that is over, or given up, or grown too large, takes nobody.</summary>
    public bool TryBoard(FlightRequest request)
    {
        lock (_lock)
        {
            if (!_takesOthers || _isOver || _stream is { First: null } || !Suits(request))
            {
                return false;
            }

            // A leader that wants nothing kept does not speak for those who do.
            _keeper = _keeper.Stores ? _keeper : request.Plan;
            _seats++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (--_seats > 0 || _isOver)
            {
                return;
            }

            _isOver = true;
        }

        _table.Remove(this);
        _ = _nobodyLeft.CancelAsync();
    }

    /// <summary>Flies, up to the first wait on the thread of whoever begins it. Never throws.</summary>
    public async Task RunAsync()
    {
        // Whoever makes the call ends it in time. Should it hang all the same, it must not go on for as long as somebody asks for it.
        var timeLeft = TimeSpan.FromTicks(Math.Clamp(_leader.TimeLeft.Ticks, 0, TimeSpan.TicksPerDay));
        using var overdue = new CancellationTokenSource(timeLeft + _table.Options.DeadlineGrace, _table.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_nobodyLeft.Token, overdue.Token);
        try
        {
            await FlyAsync(either.Token);
        }
        catch (OperationCanceledException) when (_nobodyLeft.IsCancellationRequested)
        {
            Over();
            _start.TrySetCanceled(_nobodyLeft.Token);
            _stream?.Break(ApiError.Upstream("Nobody waited for the answer any more."), isTold: false);
        }
        catch (OperationCanceledException) when (overdue.IsCancellationRequested)
        {
            Fail(ApiError.Timeout("There was no whole answer by the deadline of the call."));
        }
        catch (Exception e)
        {
            _table.Logger.Defect(e);
            Fail(new ApiError(500, ErrorTypes.Server, "internal_error", "LlmDapr failed. Its log has the reason."));
        }
    }

    // What was before a purge serves nobody who came after it. A stream that the leader's deadline will cut long before the newcomer's own is nothing to begin.
    private bool Suits(FlightRequest request)
    {
        if (request.Plan.Epoch != _leader.Plan.Epoch)
        {
            return false;
        }

        var left = _table.Time.GetElapsedTime(_table.Time.GetTimestamp(), EndsAt);
        return !(request.Streams && _leader.Streams) || left >= request.TimeLeft / 2;
    }

    private async Task FlyAsync(CancellationToken cancellationToken)
    {
        // (1)
        if (!_leader.IsFresh)
        {
            Lookup = _table.LookupAsync(_leader.Plan, cancellationToken).AsTask();
            if (await Lookup is { IsHit: true } found)
            {
                Finish(new FlightStart.Hit(found));
                return;
            }
        }

        // (2)
        var (answer, error) = await _leader.CallAsync(cancellationToken);
        if (answer is null)
        {
            Fail(error!);
            return;
        }

        // (3)
        await using (answer)
        {
            await (answer.Head.Length is { } length ? ReadPlainAsync(answer, length, cancellationToken) : ReadStreamAsync(answer, cancellationToken));
        }
    }

    private async Task ReadPlainAsync(UpstreamAnswer answer, long length, CancellationToken cancellationToken)
    {
        if (length > _table.Options.MaxAnswerBytes)
        {
            Fail(ApiError.Upstream($"The answer is larger than {_table.Options.MaxAnswerBytes} bytes."));
        }
        else if (await answer.ReadPlainAsync(length, cancellationToken) is { } body)
        {
            Finish(Keep(answer.Head, body));
        }
        else
        {
            _table.Logger.BodyCut(length);
            Fail(ApiError.Upstream("The answer broke off on its way."));
        }
    }

    private async Task ReadStreamAsync(UpstreamAnswer answer, CancellationToken cancellationToken)
    {
        var stream = new SharedStream(_table.Options.MaxAnswerBytes);
        lock (_lock)
        {
            _stream = stream;
        }

        _start.TrySetResult(new FlightStart.Streaming(answer.Head, stream));
        if (await UpstreamReader.ReadStreamAsync(answer, stream, cancellationToken) is var (error, isTold))
        {
            // What others say in a stream may quote the prompt.
            _table.Logger.StreamCut(isTold ? "its last event tells of an error." : error.Message);
            Over();
            stream.Break(error, isTold);
            return;
        }

        // (4) and (5): kept before anybody sees the end, so that whoever has seen it and asks again gets it from the cache.
        var done = HopFormat.Done.ToArray();
        var plain = stream.Assemble(done);
        FlightStart whole;
        if (plain is not null)
        {
            whole = Keep(Plain(answer.Head, plain.Length), plain);
        }
        else
        {
            _table.Logger.NotAssembled();
            whole = new FlightStart.Failed(ApiError.Upstream("The answer came as a stream that cannot be told as a plain answer.")) { IsOfOtherForm = true };
        }

        Over();
        stream.Append(done, isUsage: false);
        stream.Complete(whole, StreamEnd.Complete);
        await DrainAsync(answer);
    }

    // Only a connection that was read to its end is used again, and counts as a success with Dapr's breaker.
    private async Task DrainAsync(UpstreamAnswer answer)
    {
        using var patience = new CancellationTokenSource(PatienceAfterDone, _table.Time);
        try
        {
            var read = await answer.Body.ReadAsync(patience.Token);
            answer.Body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                answer.ReadToEnd();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // Then the connection is closed, and the next call opens one.
        }
    }

    private static HopHead Plain(HopHead head, int length) => head with
    {
        Length = length,
        Headers = [["content-type", "application/json"], .. head.Headers.Where(header => !header[0].Equals("content-type", StringComparison.OrdinalIgnoreCase))],
    };

    private FlightStart.Whole Keep(HopHead head, byte[] body)
    {
        CachePlan plan;
        lock (_lock)
        {
            plan = _keeper;
        }

        var usage = head.Status == 200 ? AnswerFacts.UsageOf(body) : null;
        if (usage is { } known && plan.Stores)
        {
            _table.Keep(plan, new CacheAnswer(head.Status, plan.Model, head.Target, known, body));
        }

        return new FlightStart.Whole(head, body, usage);
    }

    private void Fail(ApiError error)
    {
        Finish(new FlightStart.Failed(error));
        _stream?.Break(error, isTold: false);
    }

    private void Finish(FlightStart start)
    {
        Over();
        _start.TrySetResult(start);
    }

    private void Over()
    {
        lock (_lock)
        {
            _isOver = true;
        }

        _table.Remove(this);
    }
}
