using LlmDapr.Jobs.Store;
using Microsoft.Extensions.Options;

namespace LlmDapr.Jobs.Workers;

/// <summary>
/// Looks at the other workers and finds those that have been silent for the lease time, by this process's own clock: clocks of machines are never compared.
/// Not thread-safe.
/// </summary>
internal sealed class WorkerWatch(WorkerRegistry registry, IOptions<JobsOptions> options, TimeProvider time)
{
    private readonly TimeSpan _lease = options.Value.Lease;
    private readonly Dictionary<string, (string? ETag, long Since)> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);

    /// <summary>
    /// Looks once. Gives the workers that are dead, declared so now or before, with their jobs; <paramref name="isListed"/> tells of <paramref name="self"/>.
    /// </summary>
    public async Task<(IReadOnlyList<DeadWorker> Dead, bool IsListed)> LookAsync(string self, CancellationToken cancellationToken)
    {
        try
        {
            var workers = await registry.ListAsync(cancellationToken);
            var dead = new List<DeadWorker>();
            foreach (var worker in workers.Where(worker => worker != self))
            {
                if (await LookAtAsync(worker, cancellationToken) is { } silent)
                {
                    dead.Add(silent);
                }
            }

            foreach (var gone in _seen.Keys.Except(workers).ToList())
            {
                _seen.Remove(gone);
                _declared.Remove(gone);
            }

            return (dead, workers.Contains(self));
        }
        catch (JobsUnavailableException)
        {
            // While the store was away nobody could give a sign of life: all have the whole time once more.
            _seen.Clear();
            throw;
        }
    }

    private async Task<DeadWorker?> LookAtAsync(string worker, CancellationToken cancellationToken)
    {
        var now = await registry.ReadAsync(worker, cancellationToken);
        if (now is { State.Dead: true } known && _declared.Contains(worker))
        {
            // By us, and its jobs could not be taken up at once. (Whom another one has declared dead is left to that one, for the lease time.)
            return new DeadWorker(worker, known.State.Jobs);
        }

        if (!_seen.TryGetValue(worker, out var seen) || seen.ETag != now?.ETag)
        {
            _seen[worker] = (now?.ETag, time.GetTimestamp());
            return null;
        }

        if (time.GetElapsedTime(seen.Since) < _lease)
        {
            return null;
        }

        if (now is not { } silent)
        {
            // On the list, without a document: it died before it had any job.
            return new DeadWorker(worker, []);
        }

        if (!silent.State.Dead && !await registry.DeclareDeadAsync(worker, silent.State, silent.ETag, cancellationToken))
        {
            return null;
        }

        _declared.Add(worker);
        return new DeadWorker(worker, silent.State.Jobs);
    }
}
