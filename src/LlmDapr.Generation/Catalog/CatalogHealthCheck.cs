using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LlmDapr.Generation.Catalog;

/// <summary>
/// Not ready until each provider has listed its models, since a list of them would be wrong before. A provider that is down keeps nobody waiting for long.
/// </summary>
internal sealed class CatalogHealthCheck(CatalogStore catalog, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly long _startedAt = time.GetTimestamp();

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(catalog.HasListedAll || time.GetElapsedTime(_startedAt) > Patience
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("Not every provider has listed its models yet."));
}
