namespace LlmDapr.Generation.Scheduling;

/// <summary>A request in a queue. All but <see cref="Result"/> belongs to the scheduler's lock.</summary>
internal sealed class Waiter(AdmissionRequest request, CandidateSet set, PriorityClass priority, double since)
{
    private TaskCompletionSource<Admission>? _result;
    private CancellationTokenRegistration _registration;

    public AdmissionRequest Request { get; } = request;

    public CandidateSet Set { get; } = set;

    public PriorityClass Priority { get; } = priority;

    public double Since { get; } = since;

    /// <summary>After this an answer is of no use.</summary>
    public double Deadline { get; } = request.TimeLeft is { } left ? since + left.TotalSeconds : double.PositiveInfinity;

    /// <summary>Its place among those of its tenant; null when it no longer waits.</summary>
    public LinkedListNode<Waiter>? Place { get; set; }

    public TenantFlow? Flow { get; set; }

    /// <summary>What became of it at once, null when it waits.</summary>
    public Admission? Immediate { get; private set; }

    /// <summary>Starts waiting. Continuations never run inside the scheduler's lock.</summary>
    public Task<Admission> Result()
    {
        _result = new TaskCompletionSource<Admission>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _result.Task;
    }

    /// <summary>Keeps what is to be undone when the wait is over; undoes it when it is over already.</summary>
    public void Remember(CancellationTokenRegistration registration)
    {
        if (Place is null)
        {
            registration.Unregister();
        }
        else
        {
            _registration = registration;
        }
    }

    public void Complete(Admission admission)
    {
        if (_result is null)
        {
            Immediate = admission;
            return;
        }

        // Not Dispose: that waits for a callback that runs, which may be waiting for our lock.
        _registration.Unregister();
        _result.TrySetResult(admission);
    }

    public void Cancel(CancellationToken token) => _result!.TrySetCanceled(token);
}
