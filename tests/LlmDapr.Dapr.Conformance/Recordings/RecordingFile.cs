using System.Collections.Concurrent;
using System.Text.Json;

namespace LlmDapr.Dapr.Conformance.Recordings;

/// <summary>The recordings that lie beside the test program.</summary>
public static class RecordingFile
{
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, RecordedCase>> Files = new(StringComparer.Ordinal);

    /// <summary>All files that have owed cases.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "invoke", "resiliency", "basics", "state-http", "state-grpc", "state-components", "sdk", "pubsub-publish", "pubsub-deliver",
    ];

    /// <summary>The file of a case. Of pub/sub the ids do not begin with their file's name.</summary>
    public static string NameOf(string id) => id[..id.IndexOf('/', StringComparison.Ordinal)] switch
    {
        "publish" or "publish-memory" or "bulk" => "pubsub-publish",
        "start" or "route" or "decl" or "deliver" or "breaker" or "bulk-subscribe" or "health" or "memory" or "appdown" or "poison" or "hot" => "pubsub-deliver",
        var file => file,
    };

    /// <summary>All cases of a file by id, in the recorded order.</summary>
    public static IReadOnlyDictionary<string, RecordedCase> Load(string name) => Files.GetOrAdd(name, Read);

    /// <summary>One case.</summary>
    public static RecordedCase Find(string id) => Load(NameOf(id))[id];

    private static OrderedDictionary<string, RecordedCase> Read(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Recordings", name + ".json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var cases = new OrderedDictionary<string, RecordedCase>(StringComparer.Ordinal);
        foreach (var element in document.RootElement.EnumerateArray())
        {
            var id = element.GetProperty("id").GetString()!;
            cases.Add(id, new RecordedCase(id, element.Clone()));
        }

        return cases;
    }
}
