namespace LlmDapr.Testing;

/// <summary>Waits for conditions, never for time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when the condition holds, which is looked at every <paramref name="pause"/> (default 20 ms).</summary>
    /// <exception cref="TimeoutException">It does not within <paramref name="within"/> (default 20 s).</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken, TimeSpan? within = null, TimeSpan? pause = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > (within ?? TimeSpan.FromSeconds(20)))
            {
                throw new TimeoutException($"This did not become so in time: {what}");
            }

            await Task.Delay(pause ?? Pause, cancellationToken);
        }
    }

    /// <summary>Returns when the condition holds.</summary>
    public static Task TrueAsync(Func<bool> condition, string what, CancellationToken cancellationToken, TimeSpan? within = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, cancellationToken, within);
}
