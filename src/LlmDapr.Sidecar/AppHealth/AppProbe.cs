using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Invocation;

namespace LlmDapr.Sidecar.AppHealth;

/// <summary>Asks the app how it is. Unhealthy until the first good answer; after that only a row of failures makes it unhealthy again.</summary>
internal sealed class AppProbe(SidecarOptions options, AppChannel channel, TimeProvider time, ILogger logger)
{
    private int _failures = options.AppHealthThreshold;

    /// <summary>Whether calls reach the app.</summary>
    public bool Healthy => Volatile.Read(ref _failures) < options.AppHealthThreshold;

    /// <summary>Called whenever <see cref="Healthy"/> has changed.</summary>
    public Action? Changed { get; init; }

    /// <summary>Probes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                Note(await ProbeAsync(cancel));
                await Task.Delay(options.AppHealthProbeInterval, time, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The sidecar ends.
        }
    }

    /// <summary>Takes the outcome of one probe into account.</summary>
    internal void Note(bool good)
    {
        var was = Healthy;
        Volatile.Write(ref _failures, good ? 0 : Math.Min(_failures + 1, options.AppHealthThreshold));
        if (Healthy != was)
        {
            logger.HealthChanged(options.AppId, Healthy ? "healthy" : "unhealthy");
            Changed?.Invoke();
        }
    }

    private async Task<bool> ProbeAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = time.CreateTimer(state => ((CancellationTokenSource)state!).Cancel(), limit, options.AppHealthProbeTimeout, Timeout.InfiniteTimeSpan);
        using var request = AppStart.Request(channel, options.AppHealthCheckPath);
        try
        {
            using var answer = await channel.Client.SendAsync(request, limit.Token);
            return (int)answer.StatusCode is >= 200 and <= 299;
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException || (failed is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return false;
        }
    }
}
