using LlmDapr.Sidecar.Hosting;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.Resources;

/// <summary>Reads resource files as daprd does: <c>.yaml</c> and <c>.yml</c> of a folder in name order, and in each the documents in theirs.</summary>
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
            documents.AddRange(files.SelectMany(file => ReadAll(file, logger)));
        }

        return documents;
    }

    /// <summary>Reads the first document of a file; null when it holds no resource.</summary>
    /// <exception cref="StartException">The document is not YAML.</exception>
    public static ResourceDocument? ReadFile(string file) => ReadDocument(file, Documents(File.ReadAllText(file))[0]);

    private static ResourceDocument? ReadDocument(string file, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
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

    private static IEnumerable<ResourceDocument> ReadAll(string file, ILogger logger)
    {
        var documents = Documents(File.ReadAllText(file));
        for (var i = 0; i < documents.Count; i++)
        {
            ResourceDocument? read = null;
            try
            {
                read = ReadDocument(file, documents[i]);
            }
            catch (StartException notYaml) when (notYaml.InnerException is YamlException broken)
            {
                logger.NotYaml(broken.Start.Line, Fault(broken), Path.GetFullPath(file));
            }

            if (read is not null)
            {
                yield return read with { IsFirst = i == 0 };
            }
        }
    }

    private static string Fault(YamlException broken) => broken.InnerException?.Message ?? broken.Message;

    // Split by lines and not by the parser: an error in one document must not take the others with it.
    private static List<string> Documents(string text)
    {
        var documents = new List<string>();
        var lines = text.Split('\n');
        var (from, begun) = (0, false);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("---", StringComparison.Ordinal) && begun)
            {
                documents.Add(string.Join('\n', lines[from..i]));
                (from, begun) = (i, false);
                continue;
            }

            begun |= lines[i].TrimStart() is { Length: > 0 } line && line[0] != '#' && line[0] != '-';
        }

        documents.Add(string.Join('\n', lines[from..]));
        return documents;
    }

    private static string Text(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var node) && node is YamlScalarNode scalar ? scalar.Value ?? "" : "";
}
