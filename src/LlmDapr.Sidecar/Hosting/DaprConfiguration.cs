using LlmDapr.Sidecar.Resources;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.Hosting;

/// <summary>What the development sidecar takes from a Dapr Configuration: the names of the features that are on.</summary>
/// <param name="EnabledFeatures">daprd's default features without those that the file switches off, and those that it switches on.</param>
internal sealed record DaprConfiguration(IReadOnlyList<string> EnabledFeatures)
{
    private static readonly string[] Defaults = ["HotReload", "WorkflowsRemoteActivityReminder"];

    /// <summary>Reads the file of <c>--config</c>, if there is one.</summary>
    /// <exception cref="StartException">The file is missing or is not YAML.</exception>
    public static DaprConfiguration Read(SidecarOptions options)
    {
        if (options.ConfigFile is not { } file)
        {
            return new DaprConfiguration(Defaults);
        }

        if (!File.Exists(file))
        {
            throw new StartException($"{options.AppId}: the configuration file {Path.GetFullPath(file)} does not exist; correct --config.");
        }

        var features = Defaults.ToList();
        if (ResourceFolder.ReadFile(file)?.Root is { } root
            && root.Children.TryGetValue("spec", out var spec) && spec is YamlMappingNode map
            && map.Children.TryGetValue("features", out var list) && list is YamlSequenceNode items)
        {
            foreach (var item in items.Children.OfType<YamlMappingNode>())
            {
                var name = Text(item, "name");
                features.Remove(name);
                if (Text(item, "enabled") == "true")
                {
                    features.Add(name);
                }
            }
        }

        return new DaprConfiguration(features);
    }

    private static string Text(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var value) && value is YamlScalarNode scalar ? scalar.Value ?? "" : "";
}
