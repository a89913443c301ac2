using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Local.Tests.DaprYaml;

/// <summary>The YAML files of the repository.</summary>
internal static class RepositoryYaml
{
    /// <summary>The first document of a file, with its merge keys followed.</summary>
    public static YamlMappingNode Read(params string[] path)
    {
        using var reader = File.OpenText(Path.Combine([TestPlaces.Repository, .. path]));
        var yaml = new YamlStream();
        yaml.Load(new MergingParser(new Parser(reader)));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    /// <summary>The texts of a list.</summary>
    public static IEnumerable<string> Texts(YamlNode list) => ((YamlSequenceNode)list).Children.Select(item => item.ToString());
}
