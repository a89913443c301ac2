using System.CommandLine;
using LlmDapr.Local.Apps;
using LlmDapr.Local.Demo;
using LlmDapr.Local.Output;
using LlmDapr.Local.Ports;
using LlmDapr.Local.Reaping;
using LlmDapr.Local.Running;
using LlmDapr.Local.Sidecars;

namespace LlmDapr.Local;

/// <summary>The command line.</summary>
internal static class LocalCommandLine
{
    /// <summary>Runs a command and gives the program's exit code.</summary>
    public static Task<int> InvokeAsync(string[] args) =>
        // Signals are this program's own affair: it has processes to stop.
        Root().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

    /// <summary>The commands with their options.</summary>
    public static RootCommand Root()
    {
        var runFile = new Option<string?>("--run-file", "-f") { Description = "The run file, or a folder with a dapr.yaml. Default: the nearest dapr.yaml upwards.", Recursive = true };
        var sidecar = new Option<SidecarMode>("--sidecar")
        {
            Description = "auto: a daprd of this machine, else the development sidecar. daprd. embedded: the development sidecar.",
            Recursive = true,
        };
        var ports = new Option<PortMode>("--ports") { Description = "declared: the run file's ports. free: any free ones, everywhere." };
        var report = new Option<string?>("--report") { Description = "A file to write when everything is ready: pids and ports as JSON." };
        var env = new Option<string[]>("--env") { Description = "KEY=VALUE for every app and sidecar. Wins over the run file. May be repeated." };
        var appEnv = new Option<string[]>("--app-env") { Description = "APP:KEY=VALUE for one app. May be repeated." };
        var timeout = new Option<int>("--timeout") { Description = "Seconds until everything must be ready.", DefaultValueFactory = _ => RunOptions.DefaultTimeoutSeconds };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--timeout must be at least 1 (second).");
            }
        });

        var root = new RootCommand("Runs the apps of a dapr.yaml with a sidecar for each, as 'dapr run -f' does, on a machine with or without Dapr.")
        {
            runFile, sidecar, ports, report, env, appEnv, timeout,
        };
        root.SetAction((parsed, _) => GuardedAsync(output => RunCommand.RunAsync(
            new RunOptions
            {
                RunFile = parsed.GetValue(runFile),
                Sidecar = parsed.GetValue(sidecar),
                Ports = parsed.GetValue(ports),
                ReportPath = parsed.GetValue(report),
                Env = EnvironmentOverrides.Parse(parsed.GetValue(env) ?? [], parsed.GetValue(appEnv) ?? []),
                Timeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
            },
            output,
            TimeProvider.System)));
        root.Subcommands.Add(Demo(sidecar, runFile));
        root.Subcommands.Add(Reap());
        return root;
    }

    private static Command Demo(Option<SidecarMode> sidecar, Option<string?> runFile)
    {
        var requests = new Option<int>("--requests") { Description = "How many prompts are sent at once.", DefaultValueFactory = _ => DemoCommand.DefaultRequests };
        requests.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--requests must be at least 1.");
            }
        });
        var demo = new Command("demo", "Starts the system with the simulator alone, sends many prompts at once, and says how it went.");
        demo.Options.Add(requests);
        demo.SetAction((parsed, _) => GuardedAsync(output =>
            DemoCommand.RunAsync(parsed.GetValue(requests), parsed.GetValue(sidecar), parsed.GetValue(runFile), output, TimeProvider.System)));
        return demo;
    }

    private static Command Reap()
    {
        var run = new Argument<string>("run");
        var reap = new Command(Reaper.CommandName, "Ends what is left of a run whose runner was killed.") { Hidden = true };
        reap.Arguments.Add(run);
        reap.SetAction((parsed, _) => Reaper.RunAsync(parsed.GetValue(run)!, Console.In, TimeProvider.System));
        return reap;
    }

    private static async Task<int> GuardedAsync(Func<RunOutput, Task<int>> command)
    {
        var output = RunOutput.OfThisProcess();
        try
        {
            return await command(output);
        }
        catch (LocalFailure failure)
        {
            await Console.Error.WriteLineAsync($"{output.Paint("error:", "red")} {failure.Message}");
            return 1;
        }
    }
}
