using LlmDapr.Local.Apps;
using LlmDapr.Local.Output;
using LlmDapr.Local.Ports;
using LlmDapr.Local.Reaping;
using LlmDapr.Local.RunFile;
using LlmDapr.Local.Sidecars;

namespace LlmDapr.Local.Running;

/// <summary>Finds out everything that can go wrong before anything is started.</summary>
internal static class RunPreparation
{
    private const string SidecarProject = "LlmDapr.Sidecar";

    /// <summary>Reads the run file, assigns ports, finds programs and builds what is not built.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="run">The run's mark, which every process gets.</param>
    /// <param name="folder">A folder for the run's own files.</param>
    /// <param name="reservations">Holds the ports that the run chooses.</param>
    /// <param name="output">For warnings and builds.</param>
    /// <param name="cancellation">Ends a build.</param>
    /// <exception cref="LocalFailure">The run cannot be as the run file says.</exception>
    public static async Task<RunPlan> PrepareAsync(
        RunOptions options, RunMarker run, string folder, PortReservations reservations, RunOutput output, CancellationToken cancellation)
    {
        var file = RunFileReader.Read(RunFileLocator.Locate(options.RunFile));
        foreach (var warning in file.Warnings)
        {
            output.Say(warning);
        }

        var declared = RunFileResolver.Resolve(file, DaprdLocator.DaprHome(Environment.GetEnvironmentVariable)).Where(app => options.Wanted(app.AppId)).Select(options.Adapt).ToList();
        foreach (var unknown in options.Env.Apps.Except(declared.Select(app => app.AppId)))
        {
            throw new LocalFailure($"--app-env names the app '{unknown}', but the run file has only {string.Join(", ", declared.Select(app => app.AppId).Distinct())}.");
        }

        options.Scale.Check(declared);
        var daprd = DaprdLocator.Find(options.Sidecar, Environment.GetEnvironmentVariable);
        var apps = options.Scale.Expand(PortAssignment.Assign(declared, options.Ports, reservations), reservations);
        Dictionary<string, string> shared = new(options.Env.ForAll, StringComparer.Ordinal) { [RunMarker.Variable] = run.RunId };
        var data = daprd is null ? SidecarData.Prepare(options, file.Directory, folder) : null;
        var sidecars = daprd is null
            ? SidecarPlan.Embedded(BuiltPrograms.OfThisBuild.OutputNamed(SidecarProject), apps, file.Directory, data!, shared)
            : SidecarPlan.Daprd(daprd, apps, folder, shared);
        if (daprd is not null && options.DataFile is not null)
        {
            output.Say($"--data-file is for the development sidecar; {daprd} keeps state and messages where the components say");
        }

        output.Align([.. apps.Select(app => app.Name), .. sidecars.Select(sidecar => sidecar.Name)]);

        var launcher = new AppLaunch(BuiltPrograms.OfThisBuild, output);
        List<(AppPlan, LaunchSpec)> launches = [];
        foreach (var app in apps.Where(app => app.Command.Count > 0))
        {
            var env = AppEnvironment.Of(app, options.Env);
            env[RunMarker.Variable] = run.RunId;
            launches.Add((app, await launcher.PrepareAsync(app, env, cancellation) with
            {
                Withheld = name => options.Withheld(name) || AppEnvironment.IsWithheld(name),
            }));
        }

        return new RunPlan(file, apps, daprd, data, sidecars, launches);
    }
}
