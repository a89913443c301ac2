using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Resources;

namespace LlmDapr.Sidecar.PubSub;

/// <summary>Reads the pub/sub components of an app from its resources.</summary>
internal static class PubSubComponents
{
    /// <summary>The components that are the app's, by name.</summary>
    public static IReadOnlyDictionary<string, PubSubComponent> Read(IEnumerable<ResourceDocument> resources, SidecarOptions options)
    {
        var components = new Dictionary<string, PubSubComponent>(StringComparer.Ordinal);
        foreach (var resource in resources.Where(resource => resource.Kind == "Component" && (resource.Scopes.Count == 0 || resource.Scopes.Contains(options.AppId))))
        {
            var component = ComponentMetadata.Read(resource, options);
            if (component.Type.StartsWith("pubsub.", StringComparison.Ordinal))
            {
                components[resource.Name] = new PubSubComponent(resource.Name, component.Values);
            }
        }

        return components;
    }
}
