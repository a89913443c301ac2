using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using LlmDapr.Local.Apps;

namespace LlmDapr.Local.Reaping;

/// <summary>
/// The watcher: a small process that outlives its runner. It reads what to end from its standard input, whose other end only the runner holds. When that end closes, the runner is gone,
/// however it went, and what it started is ended: asked first, then made to.
/// </summary>
internal static class Reaper
{
    /// <summary>The hidden command that starts it.</summary>
    public const string CommandName = "reap";

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs until the runner is gone and nothing of its run is left.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="orders"><c>+PID</c> and <c>-PID</c> for processes that began and ended, <c>folder PATH</c> for a folder to remove.</param>
    /// <param name="time">The clock.</param>
    public static async Task RunAsync(string runId, TextReader orders, TimeProvider time)
    {
        // A Ctrl-C or a signal to the group is meant for the runner. This process ends when the runner has.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);

        HashSet<int> told = [];
        List<string> folders = [];
        while (await orders.ReadLineAsync() is { } order)
        {
            if (order.StartsWith("folder ", StringComparison.Ordinal))
            {
                folders.Add(order["folder ".Length..]);
            }
            else if (int.TryParse(order.AsSpan(Math.Min(1, order.Length)), CultureInfo.InvariantCulture, out var id))
            {
                _ = order[0] == '+' ? told.Add(id) : told.Remove(id);
            }
        }

        await EndAsync(new RunMarker(runId), told, time);
        foreach (var folder in folders.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task EndAsync(RunMarker marker, HashSet<int> told, TimeProvider time)
    {
        if (!OperatingSystem.IsLinux())
        {
            // Without /proc there is no mark to go by, and Windows has no signal that asks: the trees of the told ones are ended.
            foreach (var id in told)
            {
                KillTree(id);
            }

            return;
        }

        // A told process leads a group of its own, whose members need not carry the mark (env -i). A carrier need not be in such a group.
        foreach (var id in told)
        {
            Posix.Signal(-id, Posix.SigTerm);
        }

        foreach (var id in marker.Carriers())
        {
            Posix.Signal(id, Posix.SigTerm);
        }

        var began = time.GetTimestamp();
        while (marker.Carriers().Count > 0 && time.GetElapsedTime(began) < Grace)
        {
            await Task.Delay(Step, time);
        }

        foreach (var id in told)
        {
            Posix.Signal(-id, Posix.SigKill);
        }

        marker.KillCarriers();
    }

    private static void KillTree(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended.
        }
    }
}
