namespace LlmDapr.Simulator.Control;

/// <summary>Where answers with <c>fault=gate</c> wait to be let on. Thread-safe.</summary>
public sealed class Gates
{
    private readonly Lock _lock = new();
    private readonly HashSet<GateTicket> _waiting = [];
    private readonly Dictionary<string, long> _releases = new(StringComparer.Ordinal);
    private long _count;
    private long _releaseOfAll;

    /// <summary>Lets on every request of a model's name (null: all) that has arrived so far, also one that has not reached its gate yet. Returns how many.</summary>
    public int Release(string? model)
    {
        GateTicket[] released;
        lock (_lock)
        {
            released = [.. _waiting.Where(ticket => model is null || ticket.Model == model)];
            _waiting.ExceptWith(released);
            _count++;
            if (model is null)
            {
                _releaseOfAll = _count;
            }
            else
            {
                _releases[model] = _count;
            }
        }

        foreach (GateTicket ticket in released)
        {
            ticket.Open();
        }

        return released.Length;
    }

    /// <summary>Releases so far: what a request remembers at its arrival.</summary>
    internal long Releases
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>
    /// Taken before the first token is sent: a test that has seen a token can release at once. A request that can be seen in the counts may still be read and
    /// counted: what was released since then has been released for it, too.
    /// </summary>
    internal GateTicket Enter(string model, long releasesAtArrival)
    {
        var ticket = new GateTicket(this, model);
        lock (_lock)
        {
            if (Math.Max(_releaseOfAll, _releases.GetValueOrDefault(model)) > releasesAtArrival)
            {
                ticket.Open();
            }
            else
            {
                _waiting.Add(ticket);
            }
        }

        return ticket;
    }

    internal void Leave(GateTicket ticket)
    {
        lock (_lock)
        {
            _waiting.Remove(ticket);
        }
    }
}
