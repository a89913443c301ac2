namespace LlmDapr.Local.Apps;

/// <summary>A <c>dotnet run …</c> command, understood.</summary>
/// <param name="Project">Absolute path of the project file.</param>
/// <param name="Configuration"><c>-c</c>, or null.</param>
/// <param name="ArtifactsPath"><c>--artifacts-path</c> made absolute, or null.</param>
/// <param name="Build">False with <c>--no-build</c>.</param>
/// <param name="Arguments">What the app gets: all after <c>--</c>.</param>
internal sealed record DotnetRun(string Project, string? Configuration, string? ArtifactsPath, bool Build, IReadOnlyList<string> Arguments)
{
    /// <summary>
    /// Reads a command, or gives null when it is something else: another program, an option that only <c>dotnet run</c> itself can honour, a folder without exactly one project, or
    /// a project whose launch profile would apply.
    /// </summary>
    public static DotnetRun? Parse(IReadOnlyList<string> command, string directory)
    {
        if (command.Count < 2 || command[0] is not ("dotnet" or "dotnet.exe") || command[1] != "run")
        {
            return null;
        }

        string? project = null, configuration = null, artifacts = null;
        bool build = true, profile = true;
        var words = new Queue<string>(command.Skip(2));
        while (words.TryDequeue(out var word) && word != "--")
        {
            // "--option=value" is "--option value".
            var parts = word.StartsWith("--", StringComparison.Ordinal) ? word.Split('=', 2) : [word];
            string? Value() => parts.Length == 2 ? parts[1] : words.TryDequeue(out var value) ? value : null;
            switch (parts[0])
            {
                case "--project":
                    project = Value();
                    break;
                case "-c" or "--configuration":
                    configuration = Value();
                    break;
                case "--artifacts-path":
                    artifacts = Value() is { } path ? Path.GetFullPath(path, directory) : null;
                    break;
                case "-v" or "--verbosity":
                    Value();
                    break;
                case "--no-build":
                    build = false;
                    break;
                case "--no-launch-profile":
                    profile = false;
                    break;
                case "--no-restore" or "--nologo":
                    break;
                default:
                    return null;
            }
        }

        return ProjectFile(directory, project) is { } file && !(profile && HasLaunchSettings(file))
            ? new DotnetRun(file, configuration, artifacts, build, [.. words])
            : null;
    }

    private static string? ProjectFile(string directory, string? project)
    {
        var path = Path.GetFullPath(project ?? ".", directory);
        if (File.Exists(path))
        {
            return path;
        }

        var found = Directory.Exists(path) ? Directory.GetFiles(path, "*.*proj") : [];
        return found.Length == 1 ? found[0] : null;
    }

    private static bool HasLaunchSettings(string project) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "Properties", "launchSettings.json"));
}
