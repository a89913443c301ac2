using Dapr.Client;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LlmDapr.ServiceDefaults.Health;

/// <summary>Whether the sidecar serves. Its outbound health, since its own health waits for this app.</summary>
internal sealed class SidecarHealthCheck(DaprClient dapr) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await dapr.CheckOutboundHealthAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The Dapr sidecar does not answer. It listens where DAPR_HTTP_PORT says.");
}
