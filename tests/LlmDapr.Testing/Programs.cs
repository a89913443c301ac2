namespace LlmDapr.Testing;

/// <summary>Where the built programs lie: beside this project's output in the repository, or in <c>programs/</c> of a published test.</summary>
public static class Programs
{
    private static readonly string Published = Path.Combine(AppContext.BaseDirectory, "programs");

    /// <summary>Whether this is a published test, far from the repository.</summary>
    public static bool ArePublished { get; } = Directory.Exists(Published);

    /// <summary>The folder that holds <c>dapr.yaml</c> and <c>components/</c>.</summary>
    public static string Root { get; } = ArePublished ? Published : FindRepository();

    /// <summary>The executable of a project such as <c>LlmDapr.Local</c>.</summary>
    /// <exception cref="FileNotFoundException">It was not built.</exception>
    public static string Find(string project)
    {
        var folder = ArePublished
            ? Path.Combine(Published, project)
            : Path.Combine(AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));
        var program = Path.GetFullPath(Path.Combine(folder, OperatingSystem.IsWindows() ? $"{project}.exe" : project));
        return File.Exists(program) ? program : throw new FileNotFoundException($"{project} is not built: no {program}");
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LlmDapr.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The repository is not above this program, and it is not a published test.");
    }
}
