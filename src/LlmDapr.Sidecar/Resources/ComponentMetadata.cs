using LlmDapr.Sidecar.Hosting;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.Resources;

/// <summary>The <c>spec</c> of a component as one app's sidecar reads it: names without case, <c>envRef</c> looked up, templates such as <c>{appID}</c> filled in.</summary>
internal sealed class ComponentMetadata
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    private ComponentMetadata(string type, bool ignoreErrors) => (Type, IgnoreErrors) = (type, ignoreErrors);

    /// <summary><c>spec.type</c>, such as <c>state.redis</c>.</summary>
    public string Type { get; }

    /// <summary><c>spec.ignoreErrors</c>: a bad component is left out instead of ending the start.</summary>
    public bool IgnoreErrors { get; }

    /// <summary>Reads a component. A <c>secretKeyRef</c> has no value here: the development sidecar has no secrets, and needs none.</summary>
    public static ComponentMetadata Read(ResourceDocument document, SidecarOptions options)
    {
        var spec = Mapping(document.Root, "spec");
        var component = new ComponentMetadata(Text(spec, "type") ?? "", Text(spec, "ignoreErrors") == "true");
        if (spec?.Children.TryGetValue("metadata", out var list) == true && list is YamlSequenceNode entries)
        {
            foreach (var entry in entries.Children.OfType<YamlMappingNode>())
            {
                var value = Text(entry, "envRef") is { Length: > 0 } variable ? Environment.GetEnvironmentVariable(variable) ?? "" : Text(entry, "value");
                if (Text(entry, "name") is { } name && value is not null)
                {
                    component._values[name] = Fill(value, options);
                }
            }
        }

        return component;
    }

    /// <summary>All values, by name in any case.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The value of a name; null when the file has none.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(name);

    private static string Fill(string value, SidecarOptions options) => !value.Contains('{', StringComparison.Ordinal)
        ? value
        : value
            .Replace("{appID}", options.AppId, StringComparison.Ordinal)
            .Replace("{namespace}", options.AppNamespace ?? "", StringComparison.Ordinal)
            .Replace("{podName}", options.AppId, StringComparison.Ordinal)
            .Replace("{uuid}", Guid.NewGuid().ToString(), StringComparison.Ordinal);

    private static YamlMappingNode? Mapping(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var node) ? node as YamlMappingNode : null;

    private static string? Text(YamlMappingNode? map, string key) =>
        map is not null && map.Children.TryGetValue(key, out var node) && node is YamlScalarNode scalar ? scalar.Value : null;
}
