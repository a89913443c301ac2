using LlmDapr.Sidecar.Resources;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.PubSub;

/// <summary>Reads the pub/sub components of an app from its resources.</summary>
internal static class PubSubComponents
{
    /// <summary>The components that are the app's, by name. Of two with one name the later one counts.</summary>
    /// <param name="resources">All resources.</param>
    /// <param name="appId">The app, for scopes.</param>
    /// <param name="environment">Where <c>envRef</c> values come from.</param>
    public static IReadOnlyDictionary<string, PubSubComponent> Of(
        IEnumerable<ResourceDocument> resources, string appId, Func<string, string?> environment)
    {
        var components = new Dictionary<string, PubSubComponent>(StringComparer.Ordinal);
        foreach (var resource in resources.Where(resource => resource.Kind == "Component" && (resource.Scopes.Count == 0 || resource.Scopes.Contains(appId))))
        {
            if (Child(resource.Root, "spec") is YamlMappingNode spec && Text(spec, "type").StartsWith("pubsub.", StringComparison.Ordinal))
            {
                components[resource.Name] = new PubSubComponent(resource.Name, Settings(spec, environment));
            }
        }

        return components;
    }

    private static Dictionary<string, string> Settings(YamlMappingNode spec, Func<string, string?> environment)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in Child(spec, "metadata") is YamlSequenceNode list ? list.Children.OfType<YamlMappingNode>() : [])
        {
            settings[Text(entry, "name")] = entry.Children.ContainsKey("envRef") ? environment(Text(entry, "envRef")) ?? "" : Text(entry, "value");
        }

        return settings;
    }

    private static YamlNode? Child(YamlMappingNode map, string key) => map.Children.TryGetValue(key, out var node) ? node : null;

    private static string Text(YamlMappingNode map, string key) => Child(map, key) is YamlScalarNode { Value: { } text } ? text : "";
}
