namespace LlmDapr.Simulator.Control;

/// <summary>Where answers with <c>fault=gate</c> wait to be let on. Thread-safe.</summary>
public sealed class Gates
{
    private readonly Lock _lock = new();
    private readonly HashSet<GateTicket> _waiting = [];

    /// <summary>Lets on every request of a model's name (null: all) that has arrived so far, also one that has not reached its gate yet. Returns how many.</summary>
    public int Release(string? model)
    {
        GateTicket[] released;
        lock (_lock)
        {
            released = [.. _waiting.Where(ticket => model is null || ticket.Model == model)];
            _waiting.ExceptWith(released);
        }

        foreach (GateTicket ticket in released)
        {
            ticket.Open();
        }

        return released.Length;
    }

    /// <summary>Taken before the first token is sent: a test that has seen a token can release at once.</summary>
    internal GateTicket Enter(string model)
    {
        var ticket = new GateTicket(this, model);
        lock (_lock)
        {
            _waiting.Add(ticket);
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
