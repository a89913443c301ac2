namespace LlmDapr.Dapr.Conformance.Grpc;

/// <summary>The etags that reads have given, for the cases that send one: the recording only says that there was one.</summary>
internal sealed class EtagHistory
{
    private readonly Dictionary<string, List<string>> _seen = new(StringComparer.Ordinal);

    /// <summary>Notes what a read gave.</summary>
    public void Note(string key, string etag)
    {
        if (!_seen.TryGetValue(key, out var etags))
        {
            _seen[key] = etags = [];
        }

        etags.Add(etag);
    }

    /// <summary>The etag that a case sends: the newest one of its key where it has to be good, else one that is no longer or never was.</summary>
    public string For(string caseName, string key)
    {
        var isGood = caseName.EndsWith("-good", StringComparison.Ordinal) || (caseName == "bulk-delete-stale" && key == "d4");
        return _seen.TryGetValue(key, out var etags) ? isGood ? etags[^1] : etags[0] : Guid.NewGuid().ToString();
    }
}
