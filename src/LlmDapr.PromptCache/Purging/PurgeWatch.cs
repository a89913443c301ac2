using LlmDapr.PromptCache.Freshness;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmDapr.PromptCache.Purging;

/// <summary>Looks for purges of other replicas again and again, from the process's start on.</summary>
internal sealed class PurgeWatch(PurgeEpochs epochs, IOptions<CacheOptions> options, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PurgePoll, time);
        do
        {
            await epochs.RefreshAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
