using System.Runtime.InteropServices;

namespace LlmDapr.Local.Apps;

/// <summary>The system calls that .NET has no name for. Not for Windows.</summary>
internal static partial class Posix
{
    /// <summary>Asks a process to end.</summary>
    public const int SigTerm = 15;

    /// <summary>Ends a process without asking.</summary>
    public const int SigKill = 9;

    /// <summary>Sends a signal to a process, or with a negative id to a process group. 0 asks whether it is there.</summary>
    /// <returns>Whether there was something to send it to.</returns>
    public static bool Signal(int process, int signal) => Kill(process, signal) == 0;

    /// <summary>The id of this process's parent as it is now: another one once the parent has died.</summary>
    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int ParentId();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
