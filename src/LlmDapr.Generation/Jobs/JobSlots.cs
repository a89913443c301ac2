using LlmDapr.Generation.Scheduling;
using LlmDapr.Jobs;
using LlmDapr.Jobs.Workers;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Jobs;

/// <summary>
/// Whether there is room for one more job. Jobs get what interactive callers leave over: the scheduler decides that, and here no more jobs are taken than it
/// needs to have somebody waiting whenever a place becomes free. The backlog stays in the broker, where every replica can reach it. Thread-safe.
/// </summary>
internal sealed class JobSlots(Scheduler scheduler, JobWorker worker, IOptions<JobsOptions> options, TimeProvider time) : IDisposable
{
    // Of a model's limit: as many as end while a job is being claimed.
    private const double AheadShare = 0.25;
    private const int LeastAhead = 2;
    private const int MostAhead = 64;

    // Places become free in the scheduler without a word to us.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly int _most = options.Value.Concurrency;
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private readonly Dictionary<string, int> _notCalling = new(StringComparer.Ordinal);
    private ITimer? _timer;
    private int _held;
    private bool _isClosed;

    /// <summary>Jobs that are held.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>A slot for a job of this model; null when there was none within the time, or none is given any more.</summary>
    public async ValueTask<JobSlot?> TakeAsync(string model, TimeSpan hold, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(model);
        lock (_lock)
        {
            if (_isClosed)
            {
                return null;
            }

            // Whoever waits goes first, unless it waits for another model.
            if (!_waiting.Any(other => other.Model == model) && HasRoom_NeedsLock(model))
            {
                return Take_NeedsLock(model);
            }

            waiter.Place = _waiting.AddLast(waiter);
            _timer ??= time.CreateTimer(static slots => ((JobSlots)slots!).Look(), this, Glance, Glance);
        }

        using var patience = new CancellationTokenSource(hold, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        await using var leaving = either.Token.Register(() => Leave(waiter));
        return await waiter.Result.Task;
    }

    /// <summary>No slot is given any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            while (_waiting.First is { Value: var waiter })
            {
                Leave_NeedsLock(waiter, null);
            }
        }
    }

    public void Dispose()
    {
        Close();
        lock (_lock)
        {
            _timer?.Dispose();
        }
    }

    internal void Calls(string model, bool calls)
    {
        lock (_lock)
        {
            _notCalling[model] = _notCalling.GetValueOrDefault(model) + (calls ? -1 : 1);
            if (_notCalling[model] == 0)
            {
                _notCalling.Remove(model);
            }
        }
    }

    internal void Release(string model, bool calls)
    {
        if (!calls)
        {
            Calls(model, calls: true);
        }

        Interlocked.Decrement(ref _held);
        Look();
    }

    // Jobs that wait for their next try count as well: of a model whose provider is away, more would only wait, too.
    private bool HasRoom_NeedsLock(string model)
    {
        if (_held >= _most || !worker.IsReady)
        {
            return false;
        }

        var (waiting, limit) = scheduler.BackgroundLoad(model);
        return _notCalling.GetValueOrDefault(model) + waiting < Math.Clamp(Math.Ceiling(AheadShare * limit), LeastAhead, MostAhead);
    }

    private JobSlot Take_NeedsLock(string model)
    {
        Interlocked.Increment(ref _held);
        _notCalling[model] = _notCalling.GetValueOrDefault(model) + 1;
        return new JobSlot(this, model);
    }

    private void Look()
    {
        lock (_lock)
        {
            for (var place = _waiting.First; place is not null;)
            {
                var (waiter, next) = (place.Value, place.Next);
                if (HasRoom_NeedsLock(waiter.Model))
                {
                    Leave_NeedsLock(waiter, Take_NeedsLock(waiter.Model));
                }

                place = next;
            }

            if (_waiting.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }
    }

    private void Leave(Waiter waiter)
    {
        lock (_lock)
        {
            Leave_NeedsLock(waiter, null);
        }
    }

    private void Leave_NeedsLock(Waiter waiter, JobSlot? slot)
    {
        if (waiter.Place is { } place)
        {
            _waiting.Remove(place);
            waiter.Place = null;
            waiter.Result.SetResult(slot);
        }
    }

    private sealed class Waiter(string model)
    {
        public string Model { get; } = model;

        public LinkedListNode<Waiter>? Place { get; set; }

        public TaskCompletionSource<JobSlot?> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
