using LlmDapr.Local.Output;

namespace LlmDapr.Local.Apps;

/// <summary>Finds a program as a shell does, so that a missing one is known before anything starts.</summary>
internal static class ProgramLocator
{
    private static readonly string[] Extensions = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat", ""] : [""];

    /// <summary>The program's absolute path, or null: a name is looked up in the folders of <paramref name="path"/>, anything with a separator from <paramref name="directory"/>.</summary>
    public static string? Find(string program, string directory, string? path)
    {
        if (program.Contains('/', StringComparison.Ordinal) || program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return FirstIn(directory, program);
        }

        return (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => FirstIn(Path.GetFullPath(folder, directory), program))
            .FirstOrDefault(found => found is not null);
    }

    /// <inheritdoc cref="Find"/>
    /// <exception cref="LocalFailure">There is none.</exception>
    public static string Require(string program, string directory, string? path, string who) =>
        Find(program, directory, path) ?? throw new LocalFailure(
            $"{who} wants to run '{program}', which is not a program that can be found{(program.Contains('/', StringComparison.Ordinal) ? $" from {directory}" : " on the PATH")}. "
            + "Install it, or correct the first word of 'command'.");

    private static string? FirstIn(string folder, string program) =>
        Extensions.Select(extension => Path.GetFullPath(program + extension, folder)).FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string file)
    {
        const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & AnyExecute) != 0);
    }
}
