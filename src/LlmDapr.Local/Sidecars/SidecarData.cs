using LlmDapr.Local.Output;
using LlmDapr.Local.Running;

namespace LlmDapr.Local.Sidecars;

/// <summary>Where the development sidecar keeps state and messages.</summary>
internal static class SidecarData
{
    private const string FileName = "llmdapr.db";

    /// <summary>The file to use; its folder is there.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="directory">The run file's folder.</param>
    /// <param name="temporary">The run's own folder, which goes with it.</param>
    /// <exception cref="LocalFailure">The folder cannot be made.</exception>
    public static string Prepare(RunOptions options, string directory, string temporary)
    {
        if (options.TemporaryData)
        {
            return Path.Combine(temporary, FileName);
        }

        // `.dapr` is the Dapr CLI's own folder for what a run leaves: logs lie there, too.
        var file = options.DataFile is { } given ? Path.GetFullPath(given) : Path.Combine(directory, ".dapr", FileName);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalFailure($"The data file {file} has no folder, and it cannot be made: {error.Message} Make it, or name another file with --data-file.");
        }
    }
}
