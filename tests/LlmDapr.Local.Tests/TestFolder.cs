namespace LlmDapr.Local.Tests;

/// <summary>A folder of a test's own, with a space in its path, as users have.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("llmdapr test ");

    /// <summary>Absolute path.</summary>
    public string Path => _root.FullName;

    /// <summary>Writes a file, creating its folder.</summary>
    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Creates a folder.</summary>
    public string Make(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose() => _root.Delete(recursive: true);
}
