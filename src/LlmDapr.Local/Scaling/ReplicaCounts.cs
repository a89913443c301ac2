using System.Globalization;
using LlmDapr.Local.Output;
using LlmDapr.Local.Ports;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Scaling;

/// <summary>How many replicas of an app a run has: <c>--scale</c>. An app that is not named has one.</summary>
internal sealed class ReplicaCounts
{
    /// <summary>The most of one app: each one is a process with a sidecar, on one machine.</summary>
    public const int Most = 16;

    private readonly Dictionary<string, int> _byApp = new(StringComparer.Ordinal);

    /// <summary>One of each app.</summary>
    public static ReplicaCounts None { get; } = new();

    /// <summary>Reads <c>APP=N</c> texts.</summary>
    /// <exception cref="LocalFailure">One has another form, or names an app a second time.</exception>
    public static ReplicaCounts Parse(IEnumerable<string> texts)
    {
        var counts = new ReplicaCounts();
        foreach (var text in texts)
        {
            var equals = text.LastIndexOf('=');
            if (equals <= 0
                || !int.TryParse(text.AsSpan(equals + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
                || count is < 1 or > Most)
            {
                throw new LocalFailure($"--scale {text}: write --scale APP=N with N from 1 to {Most}, such as --scale generation=3.");
            }

            if (!counts._byApp.TryAdd(text[..equals], count))
            {
                throw new LocalFailure($"--scale names '{text[..equals]}' twice. Give each app one number.");
            }
        }

        return counts;
    }

    /// <summary>Whether the run file's apps can be scaled so, before any port is looked for.</summary>
    /// <exception cref="LocalFailure">One cannot.</exception>
    public void Check(IReadOnlyList<AppPlan> apps)
    {
        foreach (var id in _byApp.Keys)
        {
            var named = apps.Where(app => app.AppId == id).ToList();
            if (named.Count == 0)
            {
                throw new LocalFailure($"--scale names the app '{id}', but the run file has only {string.Join(", ", apps.Select(app => app.AppId).Distinct())}.");
            }

            if (named.Count > 1)
            {
                throw new LocalFailure($"--scale names '{id}', which the run file itself has {named.Count} times. Leave one there, or leave --scale out.");
            }

            if (apps.FirstOrDefault(app => app.AppId != id && Enumerable.Range(2, _byApp[id] - 1).Any(number => app.Name == NameOf(id, number))) is { } taken)
            {
                throw new LocalFailure($"--scale would name a replica of '{id}' '{taken.Name}', which is an app of its own ({taken.At}). Give that app another id.");
            }

            if (named[0].Command.Count == 0)
            {
                throw new LocalFailure($"--scale names '{id}', which has no command ({named[0].At}): it is started elsewhere, and so are its replicas.");
            }
        }
    }

    /// <summary>
    /// The apps with their replicas behind them. The first one keeps its ports; the others get free ones, and where their <c>env</c> says <c>localhost:PORT</c> with a port of
    /// their own, it follows. What other apps say stays: they know the first.
    /// </summary>
    /// <param name="apps">The apps, with their ports assigned.</param>
    /// <param name="reservations">Where the free ports come from.</param>
    public IReadOnlyList<AppPlan> Expand(IReadOnlyList<AppPlan> apps, PortReservations reservations) =>
        [.. apps.SelectMany(app => Enumerable.Range(1, _byApp.GetValueOrDefault(app.AppId, 1)).Select(number => number == 1 ? app : Replica(app, number, reservations)))];

    private static string NameOf(string id, int number) => string.Create(CultureInfo.InvariantCulture, $"{id}-{number}");

    private static AppPlan Replica(AppPlan first, int number, PortReservations reservations)
    {
        var ports = PortAssignment.AllFree(first, reservations);
        var moved = new Dictionary<int, int>();
        foreach (var (from, to) in first.Ports.Pairs(ports))
        {
            moved[from] = to;
        }

        return first with
        {
            Name = NameOf(first.AppId, number),
            Ports = ports,
            Env = first.Env.ToDictionary(pair => pair.Key, pair => PortRewriting.Rewrite(pair.Value, moved)),
        };
    }
}
