namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// How many waiters a queue sends on their way in a second, lately. Its clock runs only while somebody waits, so that quiet times do not look like slow
/// ones. Not thread-safe; times are seconds.
/// </summary>
internal sealed class DrainRate
{
    private const double Memory = 15;
    private const double LeastSpan = 1;

    private double _sum;
    private double _span;
    private double _at;
    private bool _running;

    /// <summary>How long the present backlog has been there, 0 without one.</summary>
    public double Backlogged { get; private set; }

    /// <summary>Waiters a second; null when too little was seen.</summary>
    public double? PerSecond => _span < LeastSpan ? null : _sum / (Memory * (1 - Math.Exp(-_span / Memory)));

    /// <summary>Moves the clock on.</summary>
    /// <param name="now">Now.</param>
    /// <param name="backlogged">Whether somebody waits from now on.</param>
    public void Advance(double now, bool backlogged)
    {
        if (_running && now > _at)
        {
            var passed = now - _at;
            _sum *= Math.Exp(-passed / Memory);
            _span = Math.Min(_span + passed, 100 * Memory);
            Backlogged += passed;
        }

        (_at, _running) = (now, backlogged);
        Backlogged = backlogged ? Backlogged : 0;
    }

    /// <summary>One waiter went.</summary>
    public void Count() => _sum++;
}
