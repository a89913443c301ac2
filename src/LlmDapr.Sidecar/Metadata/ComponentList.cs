using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Resources;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.Metadata;

/// <summary>The components that a sidecar's resource files name for its app.</summary>
internal static class ComponentList
{
    /// <summary>One component.</summary>
    internal sealed record Component(string Name, string Type, string Version);

    private static readonly string[] State = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE", "ACTOR"];
    private static readonly string[] InMemoryState = ["ETAG", "TRANSACTIONAL", "TTL", "DELETE_WITH_PREFIX", "KEYS_LIKE", "ACTOR"];
    private static readonly string[] InMemoryBroker = ["SUBSCRIBE_WILDCARDS"];
    private static readonly string[] HttpBinding = ["OUTPUT_BINDING"];

    /// <summary>Picks them from the resources, in name order.</summary>
    /// <exception cref="StartException">Two have the same name.</exception>
    public static IReadOnlyList<Component> Of(IEnumerable<ResourceDocument> resources, string appId)
    {
        var components = new SortedDictionary<string, Component>(StringComparer.Ordinal);
        foreach (var resource in resources.Where(resource => resource.Kind == "Component" && (resource.Scopes.Count == 0 || resource.Scopes.Contains(appId))))
        {
            var component = Read(resource);
            if (!components.TryAdd(component.Name, component))
            {
                var other = components[component.Name];
                throw new StartException(
                    $"{Path.GetFullPath(resource.File)}: duplicate definition of Component name {component.Name} ({component.Type}/{component.Version}) with existing {other.Name} ({other.Type}/{other.Version}); rename one of them.");
            }
        }

        return [.. components.Values];
    }

    /// <summary>Writes one as metadata shows it.</summary>
    public static string Write(Component component)
    {
        var capabilities = Capabilities(component.Type) is { Count: > 0 } can ? $",\"capabilities\":[{string.Join(',', can.Select(DaprError.Quote))}]" : "";
        return $"{{\"name\":{DaprError.Quote(component.Name)},\"type\":{DaprError.Quote(component.Type)},\"version\":{DaprError.Quote(component.Version)}{capabilities}}}";
    }

    /// <summary>
    /// What daprd's component of a type can do. Apps ask for what they need of the component that they will have in production, so it is
    /// told even where the development sidecar's own store and broker do otherwise.
    /// </summary>
    public static IReadOnlyList<string> Capabilities(string type) => type switch
    {
        "state.in-memory" => InMemoryState,
        "pubsub.in-memory" => InMemoryBroker,
        "bindings.http" => HttpBinding,
        _ => type.StartsWith("state.", StringComparison.Ordinal) ? State : [],
    };

    private static Component Read(ResourceDocument resource)
    {
        string Spec(string key) =>
            resource.Root.Children.TryGetValue("spec", out var spec) && spec is YamlMappingNode map
            && map.Children.TryGetValue(key, out var value) && value is YamlScalarNode { Value: { } text }
                ? text
                : "";

        return new Component(resource.Name, Spec("type"), Spec("version") is { Length: > 0 } version ? version : "v1");
    }
}
