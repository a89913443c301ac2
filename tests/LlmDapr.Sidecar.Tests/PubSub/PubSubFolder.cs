namespace LlmDapr.Sidecar.Tests.PubSub;

/// <summary>Resource files of a broker, and a place for the data file. Disposing deletes it all.</summary>
internal sealed class PubSubFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-pubsub-");

    /// <summary>Writes the component <c>pubsub</c>.</summary>
    /// <param name="metadata">Its settings.</param>
    /// <param name="retry">An inbound retry policy in YAML's short form; null = none.</param>
    public PubSubFolder(string retry, params ReadOnlySpan<(string Name, string Value)> metadata)
        : this(metadata) => File.WriteAllText(Path.Combine(Resources, "resiliency.yaml"), $$"""
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata:
              name: resiliency
            spec:
              policies:
                retries:
                  again: {{retry}}
              targets:
                components:
                  pubsub:
                    inbound:
                      retry: again
            """);

    /// <inheritdoc cref="PubSubFolder(string, ReadOnlySpan{ValueTuple{string, string}})"/>
    public PubSubFolder(params ReadOnlySpan<(string Name, string Value)> metadata)
    {
        Directory.CreateDirectory(Resources);
        var settings = string.Concat(metadata.ToArray().Select(setting => $"\n  - name: {setting.Name}\n    value: \"{setting.Value}\""));
        File.WriteAllText(Path.Combine(Resources, "pubsub.yaml"), $"""
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: pubsub
            spec:
              type: pubsub.redis
              version: v1
              metadata:
              - name: redisHost
                value: "127.0.0.1:6379"{settings}
            """);
    }

    /// <summary>The resources' folder.</summary>
    public string Resources => Path.Combine(_folder.FullName, "components");

    /// <summary>The data file.</summary>
    public string DataFile => Path.Combine(_folder.FullName, "data.db");

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
