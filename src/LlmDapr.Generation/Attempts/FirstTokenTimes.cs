namespace LlmDapr.Generation.Attempts;

/// <summary>The last times to a first token at one target. Thread-safe.</summary>
internal sealed class FirstTokenTimes
{
    private const int Kept = 128;

    /// <summary>With fewer, a percentile says nothing.</summary>
    public const int Enough = 20;

    private readonly Lock _lock = new();
    private readonly TimeSpan[] _times = new TimeSpan[Kept];
    private int _count;

    public void Add(TimeSpan time)
    {
        lock (_lock)
        {
            _times[_count++ % Kept] = time;
        }
    }

    /// <summary>The 95th percentile; null while there are too few.</summary>
    public TimeSpan? P95()
    {
        lock (_lock)
        {
            if (_count < Enough)
            {
                return null;
            }

            var sorted = _times.AsSpan(0, Math.Min(_count, Kept)).ToArray();
            Array.Sort(sorted);
            return sorted[(int)((sorted.Length - 1) * 0.95)];
        }
    }
}
