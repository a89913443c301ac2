namespace LlmDapr.Local.RunFile;

/// <summary>Where a process's output goes.</summary>
[Flags]
internal enum LogDestination
{
    /// <summary>A file below <c>&lt;appDirPath&gt;/.dapr/logs</c>.</summary>
    File = 1,

    /// <summary>The runner's own output.</summary>
    Console = 2,

    /// <summary>Both.</summary>
    FileAndConsole = File | Console,
}
