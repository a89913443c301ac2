using LlmDapr.Local.Output;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Local.Sidecars;

/// <summary>
/// Derives, from the run file's Dapr Configuration, one whose sidecars find each other through a SQLite file. Daprd's own way is mDNS, which needs multicast: containers, VPNs and
/// CI machines often have none.
/// </summary>
internal static class DaprdConfiguration
{
    /// <summary>Writes the derived file. A configuration that already says how names are resolved stays as it is.</summary>
    /// <param name="original">The run file's configuration, or null.</param>
    /// <param name="folder">Where the derived file and the SQLite file go.</param>
    /// <param name="name">Name of the derived file, without extension.</param>
    /// <returns>The configuration to use.</returns>
    public static string Derive(string? original, string folder, string name)
    {
        var stream = new YamlStream();
        if (original is null)
        {
            stream.Add(new YamlDocument(Map(
                ("apiVersion", new YamlScalarNode("dapr.io/v1alpha1")),
                ("kind", new YamlScalarNode("Configuration")),
                ("metadata", Map(("name", new YamlScalarNode("local")))))));
        }
        else
        {
            Load(stream, original);
        }

        if (stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>().FirstOrDefault(IsConfiguration) is not { } root)
        {
            throw new LocalFailure($"{original} holds no Dapr Configuration. It must have 'kind: Configuration'.");
        }

        var spec = root.Children.TryGetValue("spec", out var found) && found is YamlMappingNode map ? map : Map();
        if (spec.Children.ContainsKey("nameResolution"))
        {
            return original!;
        }

        root.Children["spec"] = spec;
        spec.Add("nameResolution", Map(
            ("component", new YamlScalarNode("sqlite")),
            ("version", new YamlScalarNode("v1")),
            ("configuration", Map(("connectionString", new YamlScalarNode(Path.Combine(folder, "names.db")))))));
        var derived = Path.Combine(folder, $"{name}.yaml");
        using var writer = new StreamWriter(derived);
        new YamlStream(new YamlDocument(root)).Save(writer, assignAnchors: false);
        return derived;
    }

    private static void Load(YamlStream stream, string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            stream.Load(reader);
        }
        catch (YamlException error)
        {
            throw new LocalFailure($"{path} line {error.Start.Line} is not valid YAML: {error.Message}");
        }
    }

    private static bool IsConfiguration(YamlMappingNode root) =>
        root.Children.TryGetValue("kind", out var kind) && kind is YamlScalarNode { Value: "Configuration" };

    private static YamlMappingNode Map(params (string Key, YamlNode Value)[] entries)
    {
        var map = new YamlMappingNode();
        foreach (var (key, value) in entries)
        {
            map.Add(key, value);
        }

        return map;
    }
}
