using System.Collections.Concurrent;
using System.Text.Json;

namespace LlmDapr.Dapr.Conformance.Recordings;

/// <summary>The recordings that lie beside the test program.</summary>
public static class RecordingFile
{
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, RecordedCase>> Files = new(StringComparer.Ordinal);

    /// <summary>All cases of a file by id, in the recorded order.</summary>
    public static IReadOnlyDictionary<string, RecordedCase> Load(string name) => Files.GetOrAdd(name, Read);

    /// <summary>One case.</summary>
    public static RecordedCase Find(string id) => Load(id[..id.IndexOf('/', StringComparison.Ordinal)])[id];

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
