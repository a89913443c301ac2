using System.CommandLine;
using System.Globalization;
using LlmDapr.Local.Apps;
using LlmDapr.Local.Demo;
using LlmDapr.Local.Output;
using LlmDapr.Local.Ports;
using LlmDapr.Local.Reaping;
using LlmDapr.Local.Running;
using LlmDapr.Local.Scaling;
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
        var sidecar = Choice("--sidecar", "auto: a daprd of this machine, else the development sidecar. daprd. embedded: the development sidecar.", "auto", "daprd", "embedded");
        sidecar.Recursive = true;
        var ports = Choice("--ports", "declared: the run file's ports. free: any free ones, everywhere.", "declared", "free");
        var report = new Option<string?>("--report") { Description = "A file to write when everything is ready: pids and ports as JSON." };
        var env = new Option<string[]>("--env") { Description = "KEY=VALUE for every app and sidecar, taken as it is. Wins over the run file. May be repeated." };
        var appEnv = new Option<string[]>("--app-env") { Description = "APP:KEY=VALUE for one app, taken as it is. May be repeated." };
        var scale = new Option<string[]>("--scale") { Description = $"APP=N: N replicas of an app, from 1 to {ReplicaCounts.Most}. The first keeps the run file's ports. May be repeated." };
        var dataFile = new Option<string?>("--data-file") { Description = "Where the development sidecar keeps state and messages. Default: .dapr/llmdapr.db beside the run file." };
        var timeout = Count("--timeout", "Seconds until everything must be ready.", RunOptions.DefaultTimeoutSeconds);
        var root = new RootCommand("Runs the apps of a dapr.yaml with a sidecar for each, as 'dapr run -f' does, on a machine with or without Dapr.")
        {
            runFile, sidecar, ports, scale, dataFile, report, env, appEnv, timeout,
        };
        root.SetAction((parsed, _) => GuardedAsync(output => RunCommand.RunAsync(
            new RunOptions
            {
                RunFile = parsed.GetValue(runFile),
                Sidecar = Chosen<SidecarMode>(parsed, sidecar),
                Ports = Chosen<PortMode>(parsed, ports),
                Scale = ReplicaCounts.Parse(parsed.GetValue(scale) ?? []),
                DataFile = parsed.GetValue(dataFile),
                ReportPath = parsed.GetValue(report),
                Env = EnvironmentOverrides.Parse(parsed.GetValue(env) ?? [], parsed.GetValue(appEnv) ?? []),
                Timeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
            },
            output,
            TimeProvider.System)));
        root.Subcommands.Add(DemoCommandOf(sidecar, runFile));
        root.Subcommands.Add(ReapCommand());
        return root;
    }

    private static Command DemoCommandOf(Option<string> sidecar, Option<string?> runFile)
    {
        var requests = Count("--requests", "How many prompts are sent at once.", DemoCommand.DefaultRequests);
        var demo = new Command("demo", "Starts the system with the simulator alone, sends many prompts at once, and says how it went.") { requests };
        demo.SetAction((parsed, _) => GuardedAsync(output =>
            DemoCommand.RunAsync(parsed.GetValue(requests), Chosen<SidecarMode>(parsed, sidecar), parsed.GetValue(runFile), output, TimeProvider.System)));
        return demo;
    }

    private static Command ReapCommand()
    {
        var run = new Argument<string>("run");
        var reap = new Command(Reaper.CommandName, "Ends what is left of a run whose runner was killed.") { run };
        reap.Hidden = true;
        reap.SetAction((parsed, _) => Reaper.RunAsync(parsed.GetValue(run)!, Console.In, TimeProvider.System));
        return reap;
    }

    /// <summary>An option with one of some words; the first is its default.</summary>
    private static Option<string> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => words[0] };
        return option.AcceptOnlyFromAmong(words);
    }

    private static T Chosen<T>(ParseResult parsed, Option<string> option)
        where T : struct, Enum => Enum.Parse<T>(parsed.GetValue(option)!, ignoreCase: true);

    /// <summary>An option with a whole number from 1.</summary>
    private static Option<int> Count(string name, string description, int otherwise) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1)
            {
                return number;
            }

            result.AddError($"{name} must be a whole number from 1, not '{result.Tokens.Single().Value}'.");
            return otherwise;
        },
    };

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
