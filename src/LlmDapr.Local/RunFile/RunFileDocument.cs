namespace LlmDapr.Local.RunFile;

/// <summary>A run file as it stands, before <c>common</c> is merged into the apps.</summary>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="Common">The <c>common</c> section, empty when there is none.</param>
/// <param name="Apps">The apps in the file's order.</param>
/// <param name="Warnings">What the Dapr CLI would ignore without a word.</param>
internal sealed record RunFileDocument(string Path, SettingsSection Common, IReadOnlyList<SettingsSection> Apps, IReadOnlyList<string> Warnings)
{
    /// <summary>The folder that relative paths of <c>common</c> and <c>appDirPath</c> start from.</summary>
    public string Directory => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>A place in the file, as messages name it.</summary>
    public string At(int line) => $"{System.IO.Path.GetFileName(Path)} line {line}";
}
