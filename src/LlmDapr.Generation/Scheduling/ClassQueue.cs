namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// The waiters of one class, fair between tenants by tokens: the tenant that was given least is next (stride scheduling), and who has been away gets no
/// credit for it. Not thread-safe.
/// </summary>
internal sealed class ClassQueue(double weight)
{
    private readonly Dictionary<string, TenantFlow> _flows = new(StringComparer.Ordinal);
    private double _virtualTime;

    public int Count { get; private set; }

    public double Weight { get; } = weight;

    /// <summary>The dispatches that it has been given over its weight, on the model's virtual clock.</summary>
    public double Pass { get; set; }

    public DrainRate Drain { get; } = new();

    /// <summary>Since when the first waiter of each tenant waits.</summary>
    public IEnumerable<double> Heads => _flows.Values.Where(flow => flow.Waiters.Count > 0).Select(flow => flow.Waiters.First!.Value.Since);

    public void Add(Waiter waiter)
    {
        if (!_flows.TryGetValue(waiter.Request.Tenant, out var flow))
        {
            flow = new TenantFlow(waiter.Request.Tenant) { Pass = _virtualTime };
            _flows.Add(flow.Tenant, flow);
        }
        else if (flow.Waiters.Count == 0)
        {
            flow.Pass = Math.Max(flow.Pass, _virtualTime);
        }

        waiter.Flow = flow;
        waiter.Place = flow.Waiters.AddLast(waiter);
        waiter.Set.Waiting++;
        Count++;
    }

    /// <summary>Takes a waiter out. False when it is not there any more.</summary>
    public bool Remove(Waiter waiter)
    {
        if (waiter.Place is not { } place)
        {
            return false;
        }

        var flow = waiter.Flow!;
        flow.Waiters.Remove(place);
        waiter.Place = null;
        waiter.Set.Waiting--;
        Count--;
        if (flow.Waiters.Count == 0 && flow.Pass <= _virtualTime)
        {
            _flows.Remove(flow.Tenant);
        }

        if (Count == 0)
        {
            // Nobody is left to be compared with.
            _flows.Clear();
            _virtualTime = 0;
        }

        return true;
    }

    /// <summary>The next waiter that may go, null when none may.</summary>
    public Waiter? Next(double now, double spillAfter)
    {
        Waiter? next = null;
        foreach (var flow in _flows.Values)
        {
            if (flow.Waiters.First is { } first && (next is null || flow.Pass < next.Flow!.Pass) && FirstEligible(first, now, spillAfter) is { } waiter)
            {
                next = waiter;
            }
        }

        return next;
    }

    /// <summary>A waiter goes: takes it out and charges its tenant.</summary>
    public void Dispatch(Waiter waiter, double tokens)
    {
        var flow = waiter.Flow!;
        _virtualTime = Math.Max(_virtualTime, flow.Pass);
        flow.Pass += tokens;
        Remove(waiter);
        Forget();
    }

    // Who waits for nothing and has used up its credit need not be remembered; who is ahead of the others must be, or leaving and coming back would pay.
    private void Forget()
    {
        if (_flows.Count < 256)
        {
            return;
        }

        foreach (var flow in _flows.Values.Where(flow => flow.Waiters.Count == 0 && flow.Pass <= _virtualTime).ToList())
        {
            _flows.Remove(flow.Tenant);
        }
    }

    private static Waiter? FirstEligible(LinkedListNode<Waiter> first, double now, double spillAfter)
    {
        for (var node = first; node is not null; node = node.Next)
        {
            var set = node.Value.Set;
            if (!set.IsBlocked && (set.HasRoom || (set.HasSpillRoom && now - node.Value.Since >= spillAfter)))
            {
                return node.Value;
            }
        }

        return null;
    }
}
