using System.Globalization;
using LlmDapr.Sidecar.Resources;
using LlmDapr.Sidecar.Telemetry;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.Hosting;

/// <summary>What the development sidecar takes from a Dapr Configuration: the features that are on, and the sampling rate.</summary>
/// <param name="EnabledFeatures">daprd's default features without those that the file switches off, and those that it switches on.</param>
/// <param name="Tracing">What callers get as trace context.</param>
internal sealed record DaprConfiguration(IReadOnlyList<string> EnabledFeatures, Tracing Tracing)
{
    private static readonly string[] Defaults = ["HotReload", "WorkflowsRemoteActivityReminder"];

    /// <summary>Reads the file of <c>--config</c>, if there is one.</summary>
    /// <exception cref="StartException">The file is missing or is not YAML.</exception>
    public static DaprConfiguration Read(SidecarOptions options)
    {
        if (options.ConfigFile is not { } file)
        {
            return new DaprConfiguration(Defaults, Tracing.Seldom);
        }

        if (!File.Exists(file))
        {
            throw new StartException($"{options.AppId}: the configuration file {Path.GetFullPath(file)} does not exist; correct --config.");
        }

        var features = Defaults.ToList();
        var spec = ResourceFolder.ReadFile(file)?.Root is { } root && root.Children.TryGetValue("spec", out var node) ? node as YamlMappingNode : null;
        if (spec is not null && spec.Children.TryGetValue("features", out var list) && list is YamlSequenceNode items)
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

        var rate = spec is not null && spec.Children.TryGetValue("tracing", out var tracing) && tracing is YamlMappingNode map ? Text(map, "samplingRate") : "";
        return new DaprConfiguration(features, TracingOf(rate));
    }

    private static Tracing TracingOf(string rate) =>
        !double.TryParse(rate, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? Tracing.Seldom
        : value <= 0 ? Tracing.Off
        : value >= 1 ? Tracing.Always
        : Tracing.Seldom;

    private static string Text(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var value) && value is YamlScalarNode scalar ? scalar.Value ?? "" : "";
}
