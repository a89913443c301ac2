using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LlmDapr.Generation.Catalog;

/// <summary>Not ready until each provider has been asked for its models once: before, a list of them would be wrong. A provider that is down keeps nobody waiting.</summary>
internal sealed class CatalogHealthCheck(CatalogStore catalog) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(catalog.HasAskedAll ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The providers have not been asked for their models yet."));
}
