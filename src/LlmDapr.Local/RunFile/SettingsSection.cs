using System.Globalization;

namespace LlmDapr.Local.RunFile;

/// <summary>The <c>common</c> section or one app of a run file: what it says, still unmerged, each value with its line.</summary>
/// <param name="Where">The section as messages name it, such as <c>apps[1]</c>.</param>
/// <param name="Line">The line where it begins.</param>
internal sealed record SettingsSection(string Where, int Line)
{
    /// <summary>Scalars by key. Their kind has been checked by the reader.</summary>
    public Dictionary<string, LocatedText> Values { get; } = new(StringComparer.Ordinal);

    /// <summary><c>resourcesPaths</c>, then the old <c>resourcesPath</c>.</summary>
    public List<LocatedText> ResourcesPaths { get; } = [];

    /// <summary><c>command</c>, empty when there is none.</summary>
    public List<LocatedText> Command { get; } = [];

    /// <summary><c>env</c>.</summary>
    public Dictionary<string, LocatedText> Env { get; } = new(StringComparer.Ordinal);

    /// <summary>The value of a key, or null. An empty text, 0 and <c>false</c> count as not set, because the Dapr CLI merges that way.</summary>
    public string? Text(string key) =>
        Values.TryGetValue(key, out var value) && value.Text is not ("" or "0" or "false") ? value.Text : null;

    /// <summary>The port under a key, or 0 when it is not set.</summary>
    public int Port(string key) => Text(key) is { } text ? Math.Max(0, int.Parse(text, CultureInfo.InvariantCulture)) : 0;

    /// <summary>The line of a key, or the section's own when it is absent.</summary>
    public int LineOf(string key) => Values.TryGetValue(key, out var value) ? value.Line : Line;
}
