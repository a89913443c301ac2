using LlmDapr.Sidecar.Hosting;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.Resources;

/// <summary>Reads resource files as daprd does: <c>.yaml</c> and <c>.yml</c> of a folder in name order, only the first document of each.</summary>
internal static class ResourceFolder
{
    /// <summary>Reads all folders. A file that is not YAML is logged and passed over, as daprd does.</summary>
    /// <exception cref="StartException">A folder is missing.</exception>
    public static IReadOnlyList<ResourceDocument> Read(IEnumerable<string> folders, ILogger logger)
    {
        var documents = new List<ResourceDocument>();
        foreach (var folder in folders)
        {
            if (!Directory.Exists(folder))
            {
                throw new StartException($"The resources folder {Path.GetFullPath(folder)} does not exist; correct --resources-path.");
            }

            var files = Directory.EnumerateFiles(folder)
                .Where(file => Path.GetExtension(file) is ".yaml" or ".yml")
                .Order(StringComparer.Ordinal);
            documents.AddRange(files.Select(file => ReadFile(file, logger)).OfType<ResourceDocument>());
        }

        return documents;
    }

    /// <summary>Reads one file; null when it holds no resource.</summary>
    /// <exception cref="StartException">The file is not YAML.</exception>
    public static ResourceDocument? ReadFile(string file)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(FirstDocument(File.ReadAllText(file))));
        }
        catch (YamlException broken)
        {
            throw new StartException($"{Path.GetFullPath(file)}({broken.Start.Line},{broken.Start.Column}): not valid YAML: {Fault(broken)}", broken);
        }

        if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is not YamlMappingNode root)
        {
            return null;
        }

        return new ResourceDocument(
            file,
            Text(root, "kind"),
            root.Children.TryGetValue("metadata", out var metadata) && metadata is YamlMappingNode named ? Text(named, "name") : "",
            root.Children.TryGetValue("scopes", out var scopes) && scopes is YamlSequenceNode list
                ? [.. list.Children.OfType<YamlScalarNode>().Select(scope => scope.Value ?? "")]
                : [],
            root);
    }

    private static ResourceDocument? ReadFile(string file, ILogger logger)
    {
        try
        {
            return ReadFile(file);
        }
        catch (StartException notYaml) when (notYaml.InnerException is YamlException broken)
        {
            logger.NotYaml(broken.Start.Line, Fault(broken), Path.GetFullPath(file));
            return null;
        }
    }

    private static string Fault(YamlException broken) => broken.InnerException?.Message ?? broken.Message;

    // daprd never looks at what follows the first document, so an error there must not stop the start.
    private static string FirstDocument(string text)
    {
        var lines = text.Split('\n');
        var begun = false;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("---", StringComparison.Ordinal) && begun)
            {
                return string.Join('\n', lines[..i]);
            }

            begun |= lines[i].TrimStart() is { Length: > 0 } line && line[0] != '#' && line[0] != '-';
        }

        return text;
    }

    private static string Text(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var node) && node is YamlScalarNode scalar ? scalar.Value ?? "" : "";
}
