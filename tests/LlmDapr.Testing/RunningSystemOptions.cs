namespace LlmDapr.Testing;

/// <summary>How a system is started.</summary>
public sealed record RunningSystemOptions
{
    /// <summary>Settings of single apps, as <c>app:NAME=value</c>.</summary>
    public IReadOnlyList<string> AppEnvironment { get; init; } = [];

    /// <summary>Environment of the runner, and so of everything.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether every port of the file is exchanged for a free one. Default true.</summary>
    public bool FreePorts { get; init; } = true;

    /// <summary>Changes the text of <c>dapr.yaml</c>; its paths stay relative to the repository.</summary>
    public Func<string, string>? ChangeRunFile { get; init; }

    /// <summary>The run file to use: the repository's own where nothing about it changes.</summary>
    internal async Task<string> WriteRunFileAsync(string folder, CancellationToken cancellationToken)
    {
        var original = Path.Combine(Programs.Root, "dapr.yaml");
        if (ChangeRunFile is null && !Programs.ArePublished)
        {
            return original;
        }

        var text = await File.ReadAllTextAsync(original, cancellationToken);
        text = ChangeRunFile?.Invoke(text) ?? text;
        text = Programs.ArePublished ? PublishedRunFile.Rewrite(text) : text.Replace(" ./", $" {Programs.Root}/", StringComparison.Ordinal).Replace("[./", $"[{Programs.Root}/", StringComparison.Ordinal);
        var path = Path.Combine(folder, "dapr.yaml");
        await File.WriteAllTextAsync(path, text, cancellationToken);
        return path;
    }
}
