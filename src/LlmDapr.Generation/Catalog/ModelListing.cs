using LlmDapr.Generation.Providers;

namespace LlmDapr.Generation.Catalog;

/// <summary>Asks each provider for its models at start and from time to time.</summary>
internal sealed class ModelListing(CatalogStore catalog, TimeProvider time, ILogger<ModelListing> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(catalog.Listing.Select(provider => KeepListedAsync(provider, stoppingToken)));

    private async Task KeepListedAsync(Provider provider, CancellationToken stopping)
    {
        var retry = FirstRetry;
        while (!stopping.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                using var patience = new CancellationTokenSource(Patience, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, patience.Token);
                var list = await provider.ListAsync(either.Token);
                catalog.Update(list);
                logger.ModelsListed(provider.Name, list.Models.Count);
                (wait, retry) = (Interval, FirstRetry);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                // Started together, a provider on this machine may be up a moment later: that is no warning yet.
                if (retry > FirstRetry * 2)
                {
                    logger.ModelsNotListed(provider.Name, e.Message);
                }

                (wait, retry) = (retry, retry * 2 < LastRetry ? retry * 2 : LastRetry);
            }

            await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
