using LlmDapr.Local.Apps;
using LlmDapr.Local.Output;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Sidecars;

/// <summary>Decides which sidecar processes a run needs.</summary>
internal static class SidecarPlan
{
    /// <summary>Daprd needs an address of its own to advertise; the machine's may not be reachable, or change.</summary>
    private const string HostVariable = "DAPR_HOST_IP";

    /// <summary>How the development sidecar's lines of these levels begin.</summary>
    private static readonly string[] Alerts = ["warn: ", "fail: ", "crit: "];

    /// <summary>One daprd for each app.</summary>
    /// <param name="daprd">The program.</param>
    /// <param name="apps">The apps, with their ports assigned.</param>
    /// <param name="folder">A folder for the run's derived files.</param>
    /// <param name="env">Variables from the command line.</param>
    public static IReadOnlyList<SidecarLaunch> Daprd(string daprd, IReadOnlyList<AppPlan> apps, string folder, IReadOnlyDictionary<string, string> env)
    {
        Dictionary<string, string> variables = new(env, StringComparer.Ordinal);
        variables.TryAdd(HostVariable, Environment.GetEnvironmentVariable(HostVariable) ?? "127.0.0.1");
        return [.. apps.Select(app => new SidecarLaunch(
            $"{app.Name}-dapr",
            "daprd",
            new LaunchSpec(daprd, DaprdArguments.Of(app, DaprdConfiguration.Derive(app.ConfigPath, folder, app.Name)), app.Directory, variables),
            [app],
            app.SidecarLog,
            app.LogFolder))];
    }

    /// <summary>One development sidecar for all apps.</summary>
    /// <param name="assembly">The built sidecar, or null when there is none.</param>
    /// <param name="apps">The apps, with their ports assigned.</param>
    /// <param name="directory">The run file's folder.</param>
    /// <param name="dataFile">Where it keeps state and messages.</param>
    /// <param name="env">Variables from the command line.</param>
    public static IReadOnlyList<SidecarLaunch> Embedded(
        string? assembly, IReadOnlyList<AppPlan> apps, string directory, string dataFile, IReadOnlyDictionary<string, string> env)
    {
        if (assembly is null)
        {
            throw new LocalFailure("The development sidecar was not built with this program. Build it: dotnet build src/LlmDapr.Local");
        }

        return
        [
            new SidecarLaunch(
                "sidecar",
                "embedded",
                BuiltProgramHost.Spec(assembly, ["--data-file", dataFile, .. apps.SelectMany(app => DaprdArguments.Of(app, app.ConfigPath))], directory, env),
                apps,
                apps.Select(app => app.SidecarLog).Aggregate((all, one) => all | one),
                Path.Combine(directory, ".dapr", "logs"))
            {
                IsAlert = line => Alerts.Any(level => line.StartsWith(level, StringComparison.Ordinal)),
            },
        ];
    }
}
