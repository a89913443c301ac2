using LlmDapr.Local.Output;

namespace LlmDapr.Local.RunFile;

/// <summary>Finds the run file.</summary>
internal static class RunFileLocator
{
    /// <summary>The file's usual name.</summary>
    public const string FileName = "dapr.yaml";

    /// <summary>The run file: the given one, else the nearest upwards of the current folder, else (started from anywhere) of this program.</summary>
    public static string Locate(string? given) => Locate(given, Environment.CurrentDirectory, AppContext.BaseDirectory);

    /// <summary>The absolute path of the run file: the given file or folder, else the nearest <c>dapr.yaml</c> upwards of each start folder in turn.</summary>
    /// <exception cref="LocalFailure">There is none.</exception>
    public static string Locate(string? given, params IReadOnlyList<string> startFolders)
    {
        if (given is not null)
        {
            var path = Path.GetFullPath(given);
            var file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
            return File.Exists(file) ? file : throw new LocalFailure($"There is no {file}. Give --run-file a {FileName} or a folder that has one.");
        }

        foreach (var start in startFolders)
        {
            for (var folder = Path.GetFullPath(start); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                var file = Path.Combine(folder, FileName);
                if (File.Exists(file))
                {
                    return file;
                }
            }
        }

        throw new LocalFailure($"There is no {FileName} in {Path.GetFullPath(startFolders[0])} or any folder above it. Go to the project's folder, or name one with --run-file.");
    }
}
