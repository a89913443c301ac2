using System.Collections.Concurrent;

namespace LlmDapr.Sidecar.Hosting;

/// <summary>
/// The sidecars of this process by app id, several to an id where an app has replicas. When all of an id have ended, one stays known, so that callers see what daprd shows then.
/// Safe for concurrent use.
/// </summary>
internal sealed class AppRegistry
{
    private readonly ConcurrentDictionary<string, Replicas> _apps = new(StringComparer.Ordinal);

    /// <summary>Makes a sidecar known; those of its id that have ended are forgotten.</summary>
    public void Add(SidecarInstance instance) => _apps.GetOrAdd(instance.AppId, static _ => new Replicas()).Add(instance);

    /// <summary>The next sidecar of an id, in turn; one that has ended only when no other is left; null for an unknown id.</summary>
    public SidecarInstance? Find(string appId) => _apps.TryGetValue(appId, out var replicas) ? replicas.Next() : null;

    private sealed class Replicas
    {
        private readonly Lock _changing = new();
        private volatile SidecarInstance[] _all = [];
        private uint _turn;

        public void Add(SidecarInstance instance)
        {
            lock (_changing)
            {
                _all = [.. Living(), instance];
            }
        }

        public SidecarInstance? Next()
        {
            while (true)
            {
                var all = _all;
                if (all.Length == 0)
                {
                    return null;
                }

                // Asked each time: from the moment that one begins to shut down, it gets no call.
                var next = all[Interlocked.Increment(ref _turn) % (uint)all.Length];
                if (!next.IsGone || all.Length == 1)
                {
                    return next;
                }

                Forget(next);
            }
        }

        // It leaves the list, so that its turns do not all fall to its neighbour. The last one stays.
        private void Forget(SidecarInstance ended)
        {
            lock (_changing)
            {
                _all = Living() is { Length: > 0 } living ? living : [ended];
            }
        }

        private SidecarInstance[] Living() => [.. _all.Where(instance => !instance.IsGone)];
    }
}
