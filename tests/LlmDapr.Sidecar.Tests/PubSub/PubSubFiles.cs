namespace LlmDapr.Sidecar.Tests.PubSub;

/// <summary>A folder of resources with a pub/sub component named pubsub, deleted at the end.</summary>
internal sealed class PubSubFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-pubsub-");

    public PubSubFiles(params (string Name, string Text)[] files)
    {
        foreach (var (name, text) in files.Prepend(("pubsub.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: pubsub\nspec:\n  type: pubsub.redis\n  version: v1\n")))
        {
            File.WriteAllText(System.IO.Path.Combine(_folder.FullName, name), text);
        }
    }

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
