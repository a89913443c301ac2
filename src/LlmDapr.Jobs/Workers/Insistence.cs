using LlmDapr.Jobs.Store;
using Microsoft.Extensions.Logging;

namespace LlmDapr.Jobs.Workers;

/// <summary>
/// Does what has to be done however long the state store or the broker is away: a paid answer is not thrown away for that. Thread-safe.
/// </summary>
internal sealed class Insistence(TimeProvider time, ILogger<Insistence> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(5);

    /// <exception cref="OperationCanceledException">The token was cancelled before it could be done.</exception>
    public async Task<T> UntilDoneAsync<T>(string job, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LastPause ? pause * 2 : LastPause)
        {
            try
            {
                return await work(cancellationToken);
            }
            catch (JobsUnavailableException e)
            {
                logger.TriesAgain(job, pause, e.Message);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }
}
