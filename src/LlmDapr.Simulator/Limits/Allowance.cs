namespace LlmDapr.Simulator.Limits;

/// <summary>A per-minute allowance that refills continuously, as OpenAI's do. Not thread-safe.</summary>
internal sealed class Allowance(int limit, TimeSpan now)
{
    private double _left = limit;
    private TimeSpan _at = now;

    public int Limit { get; } = limit;

    public int Remaining => (int)Math.Floor(_left + 1e-9);

    public int Used => Limit - Remaining;

    /// <summary>Time until it is full again.</summary>
    public TimeSpan UntilFull => TimeFor(Limit - _left);

    public void Refill(TimeSpan now)
    {
        _left = Math.Min(Limit, _left + ((now - _at).TotalMinutes * Limit));
        _at = now;
    }

    /// <summary>Time until so much can be taken.</summary>
    public TimeSpan UntilFree(int amount) => TimeFor(amount - _left);

    public bool Has(int amount) => _left + 1e-9 >= amount;

    public void Take(int amount) => _left -= amount;

    private TimeSpan TimeFor(double amount) => TimeSpan.FromMinutes(Math.Max(0, amount) / Limit);
}
