using LlmDapr.Local.Output;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Ports;

/// <summary>Gives every app its ports.</summary>
internal static class PortAssignment
{
    /// <summary>
    /// The apps with all ports set. In <see cref="PortMode.Free"/> every port changes, and so does each <c>localhost:PORT</c> in the apps' environment that meant one of the file's.
    /// </summary>
    /// <exception cref="LocalFailure">A declared port is taken, or two apps want the same.</exception>
    public static IReadOnlyList<AppPlan> Assign(IReadOnlyList<AppPlan> apps, PortMode mode, PortReservations reservations)
    {
        if (mode == PortMode.Declared)
        {
            Check(apps);
            return [.. apps.Select(app => app with { Ports = Fill(app, reservations) })];
        }

        Dictionary<int, int> moved = [];
        List<AppPlan> assigned = [];
        foreach (var app in apps)
        {
            var ports = AllFree(app, reservations);
            foreach (var (from, to) in app.Ports.Pairs(ports))
            {
                moved.TryAdd(from, to);
            }

            assigned.Add(app with { Ports = ports });
        }

        return [.. assigned.Select(app => app with { Env = app.Env.ToDictionary(pair => pair.Key, pair => PortRewriting.Rewrite(pair.Value, moved)) })];
    }

    /// <summary>Free ports for an app and its sidecar, whatever it declares; the port of an app that is somebody else's stays.</summary>
    public static PortSet AllFree(AppPlan app, PortReservations reservations) =>
        Fill(app with { Ports = new PortSet(0, 0, 0, 0, 0, 0) }, reservations) with { App = IsOurs(app) ? reservations.Reserve() : app.Ports.App };

    // An app without a command is somebody else's: it listens already, or will, where the file says.
    private static bool IsOurs(AppPlan app) => app.Command.Count > 0 && app.Ports.App != 0;

    private static PortSet Fill(AppPlan app, PortReservations reservations)
    {
        int OrFree(int port) => port != 0 ? port : reservations.Reserve();

        var ports = app.Ports;
        var profile = app.Setting("enableProfiling") is null ? 0 : OrFree(ports.Profile);
        return new PortSet(ports.App, OrFree(ports.DaprHttp), OrFree(ports.DaprGrpc), OrFree(ports.Metrics), OrFree(ports.InternalGrpc), profile);
    }

    private static void Check(IReadOnlyList<AppPlan> apps)
    {
        Dictionary<int, string> wanted = [];
        foreach (var app in apps)
        {
            foreach (var (key, port) in Declared(IsOurs(app) ? app.Ports : app.Ports with { App = 0 }))
            {
                var who = $"{key} of '{app.Name}' ({app.At})";
                if (!wanted.TryAdd(port, who))
                {
                    throw new LocalFailure($"Port {port} is wanted twice: as {wanted[port]} and as {who}. Give each a port of its own.");
                }

                if (!PortReservations.IsFree(port))
                {
                    throw new LocalFailure(
                        $"Port {port} is in use{PortHolder.Describe(port)}, and {who} wants it. Stop what listens there, choose another port in the run file, or run with --ports free.");
                }
            }
        }
    }

    private static IEnumerable<(string Key, int Port)> Declared(PortSet ports)
    {
        (string, int Port)[] all =
        [
            ("appPort", ports.App), ("daprHTTPPort", ports.DaprHttp), ("daprGRPCPort", ports.DaprGrpc),
            ("metricsPort", ports.Metrics), ("daprInternalGRPCPort", ports.InternalGrpc), ("profilePort", ports.Profile),
        ];
        return all.Where(entry => entry.Port != 0);
    }
}
