using System.Diagnostics;
using LlmDapr.Local.Apps;

namespace LlmDapr.Local.Reaping;

/// <summary>Notices that the <c>dotnet run</c> which started this program was killed: nobody else would stop it then.</summary>
internal static class ParentWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether this process was started by <c>dotnet run</c>. Other parents (a shell, a service) may end without meaning us.</summary>
    public static bool AppliesHere()
    {
        if (OperatingSystem.IsWindows())
        {
            // There, dotnet run puts its program in a job that dies with it.
            return false;
        }

        try
        {
            if (!OperatingSystem.IsLinux())
            {
                using var parent = Process.GetProcessById(Posix.ParentId());
                return parent.ProcessName == "dotnet";
            }

            var command = File.ReadAllText($"/proc/{Posix.ParentId()}/cmdline").Split('\0');
            return Path.GetFileName(command[0]) == "dotnet" && command.Contains("run");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Ends when the parent is another one than at the call.</summary>
    public static async Task WaitForItsEndAsync(TimeProvider time, CancellationToken cancellation)
    {
        var parent = Posix.ParentId();
        using var timer = new PeriodicTimer(Interval, time);
        while (Posix.ParentId() == parent)
        {
            await timer.WaitForNextTickAsync(cancellation);
        }
    }
}
