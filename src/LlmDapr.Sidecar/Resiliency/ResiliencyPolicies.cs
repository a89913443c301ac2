using LlmDapr.Sidecar.Resources;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>The policies of one sidecar. None yet: each call runs once.</summary>
internal sealed class ResiliencyPolicies
{
    private readonly InvocationPolicy _once = new();

    public static ResiliencyPolicies Load(
        IEnumerable<ResourceDocument> resources, string ownAppId, TimeProvider time, Func<double> random, ILogger logger) => new();

    public InvocationPolicy ForApp(string appId) => _once;
}
