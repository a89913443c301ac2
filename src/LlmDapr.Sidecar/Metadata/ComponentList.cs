using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.Resources;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.Metadata;

/// <summary>The components that a sidecar's resource files name for its app.</summary>
internal static class ComponentList
{
    /// <summary>One component.</summary>
    internal sealed record Component(string Name, string Type, string Version);

    /// <summary>Picks them from the resources, in name order.</summary>
    public static IReadOnlyList<Component> Of(IEnumerable<ResourceDocument> resources, string appId) =>
    [
        .. resources
            .Where(resource => resource.Kind == "Component" && (resource.Scopes.Count == 0 || resource.Scopes.Contains(appId)))
            .Select(Read)
            .OrderBy(component => component.Name, StringComparer.Ordinal),
    ];

    /// <summary>Writes one as metadata shows it.</summary>
    public static string Write(Component component) =>
        $"{{\"name\":{DaprError.Quote(component.Name)},\"type\":{DaprError.Quote(component.Type)},\"version\":{DaprError.Quote(component.Version)},\"capabilities\":[{Capabilities(component.Type)}]}}";

    private static Component Read(ResourceDocument resource)
    {
        string Spec(string key) =>
            resource.Root.Children.TryGetValue("spec", out var spec) && spec is YamlMappingNode map
            && map.Children.TryGetValue(key, out var value) && value is YamlScalarNode { Value: { } text }
                ? text
                : "";

        return new Component(resource.Name, Spec("type"), Spec("version") is { Length: > 0 } version ? version : "v1");
    }

    // What the component of daprd can do; the development sidecar's own store and broker come with a later issue.
    private static string Capabilities(string type) =>
        type.StartsWith("state.", StringComparison.Ordinal) ? "\"ETAG\",\"TRANSACTIONAL\",\"TTL\",\"DELETE_WITH_PREFIX\",\"KEYS_LIKE\",\"ACTOR\""
        : type.StartsWith("pubsub.", StringComparison.Ordinal) ? "\"SUBSCRIBE_WILDCARDS\""
        : "";
}
