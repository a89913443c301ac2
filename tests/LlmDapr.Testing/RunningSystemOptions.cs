using System.Text.RegularExpressions;

namespace LlmDapr.Testing;

/// <summary>How a system is started.</summary>
public sealed partial record RunningSystemOptions
{
    /// <summary>Settings of single apps, as <c>app:NAME=value</c>.</summary>
    public IReadOnlyList<string> AppEnvironment { get; init; } = [];

    /// <summary>Environment of the runner, and so of everything.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether every port of the file is exchanged for a free one. Default true.</summary>
    public bool FreePorts { get; init; } = true;

    /// <summary>How many replicas an app has, by app-id. Default: one of each.</summary>
    public IReadOnlyDictionary<string, int> Scale { get; init; } = new Dictionary<string, int>();

    /// <summary>
    /// Where the development sidecar keeps state and messages. Default null: a file that goes with the system. A file that is named here stays, so that a second system finds what the first
    /// one left.
    /// </summary>
    public string? DataFile { get; init; }

    /// <summary>The program to start as each app's sidecar. Default null: the daprd that <c>LLMDAPR_DAPRD</c> names, else the development sidecar.</summary>
    public string? Daprd { get; init; }

    /// <summary>The repository's run file to start. Default <c>dapr.yaml</c>.</summary>
    public string RunFile { get; init; } = "dapr.yaml";

    /// <summary>Changes the text of the run file; its paths stay relative to the repository.</summary>
    public Func<string, string>? ChangeRunFile { get; init; }

    /// <summary>The run file to use: the repository's own where nothing about it changes.</summary>
    internal async Task<string> WriteRunFileAsync(string folder, CancellationToken cancellationToken)
    {
        var original = Path.Combine(Programs.Root, RunFile);
        if (ChangeRunFile is null && !Programs.ArePublished)
        {
            return original;
        }

        var text = await File.ReadAllTextAsync(original, cancellationToken);
        text = ChangeRunFile?.Invoke(text) ?? text;
        text = Programs.ArePublished ? PublishedRunFile.Rewrite(text) : RelativePath().Replace(text, match => Path.GetFullPath(match.Value, Path.GetDirectoryName(original)!));
        var path = Path.Combine(folder, "dapr.yaml");
        await File.WriteAllTextAsync(path, text, cancellationToken);
        return path;
    }

    // What stands for a path in a run file, outside of commands, which are relative to their app: behind a space or a bracket.
    [GeneratedRegex(@"(?<=[ \[])\.\.?/[\w./-]*")]
    private static partial Regex RelativePath();
}
