namespace LlmDapr.ServiceDefaults.Waiting;

/// <summary>Waits for something slow and gives a sign of life meanwhile.</summary>
public static class Heartbeat
{
    /// <summary>
    /// Waits for a task; calls <paramref name="beat"/> whenever <paramref name="interval"/> has passed without its end. A beat that fails is thrown once
    /// the task has ended, since until then the task may use what its owner would give back.
    /// </summary>
    public static async Task<T> WithHeartbeatAsync<T>(this Task<T> running, TimeSpan interval, TimeProvider time, Func<Task> beat)
    {
        ArgumentNullException.ThrowIfNull(running);
        ArgumentNullException.ThrowIfNull(beat);
        while (true)
        {
            try
            {
                return await running.WaitAsync(interval, time);
            }
            catch (TimeoutException)
            {
                // It may have ended since the timer fired: then this is its result, or a timeout of its own.
                if (running.IsCompleted)
                {
                    return await running;
                }
            }

            try
            {
                await beat();
            }
            catch
            {
                await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
    }
}
