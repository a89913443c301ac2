using System.Collections.Concurrent;

namespace LlmDapr.Sidecar.Hosting;

/// <summary>The sidecars of this process by app id. A sidecar that has ended stays known, so that callers see what daprd shows then.</summary>
internal sealed class AppRegistry
{
    private readonly ConcurrentDictionary<string, SidecarInstance> _instances = new(StringComparer.Ordinal);

    /// <summary>Makes a sidecar known; one that has ended is replaced.</summary>
    public void Add(SidecarInstance instance) => _instances[instance.AppId] = instance;

    /// <summary>The sidecar of an id, or null.</summary>
    public SidecarInstance? Find(string appId) => _instances.GetValueOrDefault(appId);
}
