using System.Collections.Concurrent;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;

namespace LlmDapr.Dapr.Conformance.Resiliency;

/// <summary>
/// Runs all owed cases of resiliency.json, many groups at a time: they mostly wait. Against the development sidecar one process serves
/// every group; real daprds are a process each, so only some groups of them run at once.
/// </summary>
public sealed class ResiliencyRuns : IAsyncLifetime
{
    private const int GroupsAtOnce = 16;
    private const int GroupsOfDaprds = 8;

    // What these use is compiled before times are taken.
    private static readonly string[] WarmUp = ["resiliency/several/policy-and-target", "resiliency/retry/reset", "resiliency/retry/app-down"];

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<List<string>>> _results = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;

    /// <summary>What differed in a case, once it has run.</summary>
    public Task<List<string>> ResultAsync(string id) => _results[id].Task;

    /// <inheritdoc/>
    public ValueTask InitializeAsync()
    {
        var number = 0;
        var groups = Owed.Ids("resiliency")
            .Select(RecordingFile.Find)
            .GroupBy(ResiliencyGroup.KeyOf, StringComparer.Ordinal)
            .Select(cases => new ResiliencyGroup(++number, [.. cases]))
            .ToArray();
        foreach (var recorded in groups.SelectMany(group => group.Cases))
        {
            _results[recorded.Id] = new TaskCompletionSource<List<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _running = RunAsync(groups);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(ResiliencyGroup[] groups)
    {
        try
        {
            foreach (var wave in groups.Chunk(SidecarFleet.Daprd is null ? groups.Length : GroupsOfDaprds))
            {
                await RunWaveAsync(wave);
            }
        }
        catch (Exception failed)
        {
            foreach (var result in _results.Values)
            {
                result.TrySetException(failed);
            }
        }
        finally
        {
            foreach (var group in groups)
            {
                await group.DisposeAsync();
            }
        }
    }

    private async Task RunWaveAsync(ResiliencyGroup[] groups)
    {
        await using var fleet = await SidecarFleet.StartAsync([.. groups.SelectMany(group => group.Sidecars)], _stop.Token);
        foreach (var group in groups)
        {
            group.Attach(fleet);
        }

        await Task.WhenAll(groups.Select(WarmUpAsync));
        var options = new ParallelOptions { MaxDegreeOfParallelism = GroupsAtOnce, CancellationToken = _stop.Token };
        await Parallel.ForEachAsync(groups, options, RunGroupAsync);
    }

    private async Task WarmUpAsync(ResiliencyGroup group)
    {
        foreach (var recorded in group.Cases.Where(recorded => WarmUp.Contains(recorded.Id, StringComparer.Ordinal)))
        {
            await group.RunAsync(recorded, _stop.Token);
        }
    }

    private async ValueTask RunGroupAsync(ResiliencyGroup group, CancellationToken cancel)
    {
        foreach (var recorded in group.Cases)
        {
            try
            {
                _results[recorded.Id].SetResult(await group.RunAsync(recorded, cancel));
            }
            catch (Exception failed)
            {
                _results[recorded.Id].SetException(failed);
            }
        }
    }
}
