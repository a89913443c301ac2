using System.Text;
using LlmDapr.Local.Apps;

namespace LlmDapr.Local.Reaping;

/// <summary>
/// The mark in the environment of every process of a run. It finds also those which nobody was told of, because they were started just before the runner died, or by a child.
/// </summary>
/// <param name="RunId">The run's id.</param>
internal sealed record RunMarker(string RunId)
{
    /// <summary>The variable's name.</summary>
    public const string Variable = "LLMDAPR_RUN";

    /// <summary>The variable as it stands in an environment block.</summary>
    private readonly byte[] _entry = Encoding.UTF8.GetBytes($"{Variable}={RunId}");

    /// <summary>The processes that carry the mark. None where the system has no <c>/proc</c>.</summary>
    public IReadOnlyList<int> Carriers()
    {
        if (!Directory.Exists("/proc/self"))
        {
            return [];
        }

        return [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && id != Environment.ProcessId && IsCarriedBy(id))];
    }

    /// <summary>Ends every carrier without asking.</summary>
    public void KillCarriers()
    {
        // A process may start another while it is being looked for: look until there is none.
        for (var (round, found) = (0, Carriers()); found.Count > 0 && round < 100; found = Carriers(), round++)
        {
            foreach (var id in found)
            {
                Posix.Signal(id, Posix.SigKill);
            }
        }
    }

    private bool IsCarriedBy(int process)
    {
        try
        {
            var environment = File.ReadAllBytes($"/proc/{process}/environ").AsSpan();
            for (var at = environment.IndexOf(_entry); at >= 0; at = environment.IndexOf(_entry))
            {
                var end = at + _entry.Length;
                if ((at == 0 || environment[at - 1] == 0) && (end == environment.Length || environment[end] == 0))
                {
                    return true;
                }

                environment = environment[end..];
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is not ours.
        }

        return false;
    }
}
