using System.Collections.Concurrent;
using LlmDapr.Jobs;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Workers;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Jobs;

/// <summary>
/// The jobs that this process runs: starts them, looks once a second whether they are still wanted, and ends them with the process: first none is taken any
/// more, then they have <see cref="JobsOptions.StopTimeout"/> to finish, then what is left is given back. Thread-safe.
/// </summary>
internal sealed class JobRunner : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // To give back what is left, once the time to finish is over.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<RunningJob, Task> _running = new();
    private readonly JobRun _run;
    private readonly JobSlots _slots;
    private readonly JobWorker _worker;
    private readonly JobsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<JobRunner> _logger;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _lastMoment;
    private bool _isStopping;
    private bool _isDisposed;

    public JobRunner(JobRun run, JobSlots slots, JobWorker worker, IOptions<JobsOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<JobRunner> logger)
    {
        (_run, _slots, _worker, _options, _time, _logger) = (run, slots, worker, options.Value, time, logger);
        (_stop, _lastMoment) = (new CancellationTokenSource(Timeout.InfiniteTimeSpan, time), new CancellationTokenSource(Timeout.InfiniteTimeSpan, time));
        worker.Observe(() => _running.Count);

        // Before the server waits for its requests, some of which wait for a slot; and the clock of the stop is running.
        lifetime.ApplicationStopping.Register(BeginStop);
    }

    /// <summary>Jobs that run now.</summary>
    public int Count => _running.Count;

    /// <summary>Runs a job in the background; the slot goes with it.</summary>
    public void Start(ClaimedJob claimed, JobSlot slot)
    {
        var running = new RunningJob(claimed, slot, CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, claimed.Lost));
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[running] = RunAsync(running, begin.Task);
        begin.SetResult();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        BeginStop();
        await base.StopAsync(cancellationToken);

        // Ends at the latest with the stop's own clock.
        await Task.WhenAll(_running.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _worker.LeaveAsync(cancellationToken);
        }
        catch (Exception e) when (e is JobsUnavailableException or OperationCanceledException)
        {
            _logger.LeftWithoutAWord(_running.Count);
        }
    }

    public override void Dispose()
    {
        base.Dispose();

        // As a service and as a hosted one it is disposed twice.
        if (!Interlocked.Exchange(ref _isDisposed, true))
        {
            _lastMoment.Cancel();
        }

        _stop.Dispose();
        _lastMoment.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Look, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await EndUnwantedAsync(stoppingToken);
        }
    }

    private void BeginStop()
    {
        if (Interlocked.Exchange(ref _isStopping, true))
        {
            return;
        }

        _slots.Close();
        _stop.CancelAfter(_options.StopTimeout);
        _lastMoment.CancelAfter(_options.StopTimeout + Farewell);
    }

    private async Task EndUnwantedAsync(CancellationToken stopping)
    {
        var running = _running.Keys.ToDictionary(job => job.Claimed);
        if (running.Count == 0 || stopping.IsCancellationRequested)
        {
            return;
        }

        try
        {
            foreach (var lost in await _worker.FindLostAsync(running.Keys, stopping))
            {
                running[lost].Unwanted();
            }
        }
        catch (Exception e) when (e is JobsUnavailableException or OperationCanceledException)
        {
            // Asked again in a second.
        }
    }

    private async Task RunAsync(RunningJob running, Task begin)
    {
        await begin;
        try
        {
            await _run.RunAsync(running.Claimed, running.Slot, running.Ending.Token, _lastMoment.Token);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(running);
        }
        catch (Exception e)
        {
            // Its lease would hold as long as this process lives, and nobody would run it.
            _logger.Defect(running.Claimed.Job.Id, e);
            await EndAsync(running);
        }
        finally
        {
            running.Dispose();
            _running.TryRemove(running, out _);
        }
    }

    private async Task EndAsync(RunningJob running)
    {
        try
        {
            if (running.IsUnwanted || running.Claimed.Lost.IsCancellationRequested)
            {
                _logger.Ended(running.Claimed.Job.Id);
                await _worker.ReleaseAsync(running.Claimed, _lastMoment.Token);
            }
            else
            {
                _logger.GivenBack(running.Claimed.Job.Id);
                await _worker.HandBackAsync(running.Claimed, _lastMoment.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The others take it up after the lease time.
        }
    }
}
