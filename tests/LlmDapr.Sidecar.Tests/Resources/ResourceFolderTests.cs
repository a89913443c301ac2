using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Resources;
using Microsoft.Extensions.Logging.Testing;

namespace LlmDapr.Sidecar.Tests.Resources;

public sealed class ResourceFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-resources-");
    private readonly FakeLogger _logger = new();

    [Fact]
    public void Read_FolderOfFiles_TakesYamlInNameOrderAndAllDocuments()
    {
        Write("b.yml", "kind: Component\nmetadata:\n  name: b\nscopes: [edge]\n");
        Write("a.yaml", "# first\n---\nkind: Resiliency\nmetadata:\n  name: a\n---\nkind: Component\nmetadata:\n  name: a2\n---\n: : broken [\n---\nkind: Component\nmetadata:\n  name: a4\n");
        Write("c.json", "{}");

        var documents = ResourceFolder.Read([_folder.FullName], _logger);

        Assert.Equal(
            [("Resiliency", "a", true), ("Component", "a2", false), ("Component", "a4", false), ("Component", "b", true)],
            documents.Select(document => (document.Kind, document.Name, document.IsFirst)));
        Assert.Equal(["edge"], documents[3].Scopes);
    }

    [Fact]
    public void Read_FileThatIsNotYaml_IsLoggedAndPassedOver()
    {
        Write("a.yaml", "kind: [\n");
        Write("b.yaml", "kind: Component\n");

        Assert.Equal("Component", Assert.Single(ResourceFolder.Read([_folder.FullName], _logger)).Kind);
        Assert.Contains("a.yaml", _logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFolder_SaysWhichFlagToCorrect()
    {
        var error = Assert.Throws<StartException>(() => ResourceFolder.Read([Path.Combine(_folder.FullName, "none")], _logger));

        Assert.Contains("none does not exist; correct --resources-path", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);
}
