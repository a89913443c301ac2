using LlmDapr.Jobs.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmDapr.Jobs.Workers;

/// <summary>
/// This process's life as a worker: registers, gives signs of life, watches the others and takes up what the dead ones had. A worker that finds itself removed
/// registers anew under another name. Thread-safe.
/// </summary>
internal sealed class WorkerLife(WorkerRegistry registry, WorkerWatch watch, TakeOver takeOver, IOptions<JobsOptions> options, TimeProvider time, ILogger<WorkerLife> logger) : BackgroundService
{
    // Signs of life in a lease: a few may be lost.
    private const int Beats = 5;

    // A sidecar that is starting, or restarted, is nothing to tell of.
    private const int FailuresToTell = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private readonly TimeSpan _beat = options.Value.Lease / Beats;
    private WorkerDocument? _document;
    private int _failures;

    /// <summary>This worker's document; null while it is not registered.</summary>
    public WorkerDocument? Document => Volatile.Read(ref _document) is { Removed.IsCancellationRequested: false } document ? document : null;

    /// <summary>Ends this life on purpose. Jobs that the worker still has are left to the others, who take them up after the lease time.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await StopAsync(cancellationToken);
        if (Document is { } document)
        {
            document.Remove();
            if (!document.HasJobs)
            {
                await registry.LeaveAsync(document.Name, cancellationToken);
            }
        }
    }

    /// <summary>Gives a sign of life, or registers.</summary>
    internal Task BeatOnceAsync(CancellationToken cancellationToken) => Document is { } document ? document.BeatAsync() : RegisterAsync(cancellationToken);

    /// <summary>Looks at the others, and takes up what the dead ones had.</summary>
    internal async Task WatchOnceAsync(CancellationToken cancellationToken)
    {
        if (Document is not { } self)
        {
            return;
        }

        var (dead, isListed) = await watch.LookAsync(self.Name, cancellationToken);
        if (!isListed)
        {
            self.Remove();
        }

        foreach (var worker in dead)
        {
            await takeOver.RunAsync(worker, cancellationToken);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _document?.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken) => await Task.WhenAll(BeatAsync(stoppingToken), WatchAsync(stoppingToken));

    private async Task BeatAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await BeatOnceAsync(stopping);
                (pause, _failures) = (_beat, 0);
            }
            catch (JobsUnavailableException e)
            {
                if (++_failures == FailuresToTell)
                {
                    logger.StateIsAway(e.Message);
                }

                pause = Document is null && pause * 2 < _beat ? pause * 2 : Document is null ? _beat : FirstPause;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RegisterAsync(CancellationToken stopping)
    {
        var again = Volatile.Read(ref _document) is not null;
        var document = await registry.RegisterAsync(stopping);

        // Not disposed: its claims still look at it.
        Volatile.Write(ref _document, document);
        if (again)
        {
            logger.RegisteredAgain(document.Name);
        }
        else
        {
            logger.Registered(document.Name);
        }
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(_beat, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        try
            {
                await WatchOnceAsync(stopping);
            }
            catch (JobsUnavailableException)
            {
                // The beat says it.
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
