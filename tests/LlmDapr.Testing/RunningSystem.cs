using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using LlmDapr.Contracts;

namespace LlmDapr.Testing;

/// <summary>
/// The whole system in processes of its own, started by <c>LlmDapr.Local</c> on free ports with the simulator as the only provider. Its sidecar is the
/// development sidecar, or the real daprd that <c>LLMDAPR_DAPRD</c> names. Disposing stops it and checks that nothing is left.
/// </summary>
public sealed class RunningSystem : IAsyncDisposable
{
    private const string DaprdVariable = "LLMDAPR_DAPRD";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private static readonly string[] Withheld = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "APP_API_TOKEN", "DAPR_API_TOKEN"];

    private readonly Process _runner;
    private readonly ConcurrentQueue<string> _lines;
    private readonly string _folder;
    private readonly ConcurrentDictionary<int, Process> _restarted = new();

    private RunningSystem(Process runner, ConcurrentQueue<string> lines, string folder, SystemReport report)
    {
        _runner = runner;
        _lines = lines;
        _folder = folder;
        Report = report;
        Edge = new Uri($"http://127.0.0.1:{report.App(AppIds.Edge).AppPort}");
        Http = CreateClient(Edge);
        Simulator = report.Apps.Any(app => app.AppId == AppIds.Simulator)
            ? new SimulatorControl(CreateClient(new Uri($"http://127.0.0.1:{report.App(AppIds.Simulator).AppPort}")))
            : null!;
    }

    /// <summary>Processes and ports.</summary>
    public SystemReport Report { get; }

    /// <summary>Edge's address.</summary>
    public Uri Edge { get; }

    /// <summary>A client of edge, without a timeout of its own.</summary>
    public HttpClient Http { get; }

    /// <summary>What reached the provider.</summary>
    public SimulatorControl Simulator { get; }

    /// <summary>All that the runner, the apps and the sidecar have written.</summary>
    public string Output => string.Join(Environment.NewLine, _lines);

    /// <summary>Starts the system and returns when it is ready.</summary>
    /// <param name="options">How; null for the repository's own <c>dapr.yaml</c>.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<RunningSystem> StartAsync(RunningSystemOptions? options, CancellationToken cancellationToken)
    {
        options ??= new RunningSystemOptions();
        var folder = Directory.CreateTempSubdirectory("llmdapr-test-").FullName;
        var report = Path.Combine(folder, "report.json");
        var start = new ProcessStartInfo(Programs.Find("LlmDapr.Local"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var name in Withheld)
        {
            start.Environment.Remove(name);
        }

        var daprd = options.Daprd is not null || Environment.GetEnvironmentVariable(DaprdVariable) is { Length: > 0 };
        string[] arguments =
        [
            "--run-file", await options.WriteRunFileAsync(folder, cancellationToken), "--ports", options.FreePorts ? "free" : "declared", "--report", report, "--sidecar", daprd ? "daprd" : "embedded",
            .. daprd ? [] : new[] { "--data-file", options.DataFile ?? Path.Combine(folder, "llmdapr.db") },
            .. options.Scale.SelectMany(app => new[] { "--scale", string.Create(CultureInfo.InvariantCulture, $"{app.Key}={app.Value}") }),
            .. options.AppEnvironment.SelectMany(setting => new[] { "--app-env", setting }),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        if (options.Daprd is not null)
        {
            start.Environment[DaprdVariable] = options.Daprd;
        }

        var lines = new ConcurrentQueue<string>();
        var runner = Process.Start(start)!;
        Pump(runner, lines);
        try
        {
            await Eventually.TrueAsync(() => File.Exists(report) || runner.HasExited, "the system is ready", cancellationToken, StartTimeout);
            if (!File.Exists(report))
            {
                throw new InvalidOperationException("The system did not start.");
            }

            return new RunningSystem(runner, lines, folder, await SystemReport.ReadAsync(report, cancellationToken));
        }
        catch (Exception e)
        {
            runner.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"The system did not start: {string.Join(Environment.NewLine, lines)}", e);
        }
    }

    /// <summary>A client without a timeout, with connections of its own; one that disposes of an answer leaves at once.</summary>
    public static HttpClient CreateClient(Uri address) =>
        new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, MaxResponseDrainSize = 0 }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Ends a process without asking it (SIGKILL).</summary>
    public static void Kill(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }

    /// <summary>The number that an app's process has now.</summary>
    public int PidOf(string appId, int replica = 1) => CurrentPid(Report.App(appId, replica).Pid!.Value);

    /// <summary>Ends an app without asking it (SIGKILL); <see cref="RestartAsync"/> brings it back.</summary>
    public KilledProcess KillApp(string appId, int replica = 1)
    {
        var app = Report.App(appId, replica);
        return Kill(app.Name, app.Pid!.Value, [Page(app.AppPort, "/healthz")]);
    }

    /// <summary>Ends the sidecar process of an app without asking it (SIGKILL): the development sidecar is everyone's. <see cref="RestartAsync"/> brings it back.</summary>
    public KilledProcess KillSidecar(string appId = AppIds.Edge, int replica = 1)
    {
        var pid = Report.App(appId, replica).SidecarPid;

        // Outbound: whether it serves its app, wherever that may be at the moment.
        var served = Report.Apps.Where(app => app.SidecarPid == pid).Select(app => Page(app.DaprHttpPort, "/v1.0/healthz/outbound")).ToList();
        return Kill(Report.Sidecar == "daprd" ? $"{Report.App(appId, replica).Name}-dapr" : "sidecar", pid, served);
    }

    /// <summary>Starts a killed process as it was started before (arguments, environment, ports), and returns when it answers.</summary>
    public async Task RestartAsync(KilledProcess killed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(killed);
        var process = killed.Program.Start(_lines);
        _restarted.AddOrUpdate(
            killed.ReportedPid,
            process,
            (_, before) =>
            {
                before.Dispose();
                return process;
            });
        foreach (var page in killed.Answers)
        {
            using var client = CreateClient(page);
            await Eventually.TrueAsync(
                async () => process.HasExited
                    ? throw new InvalidOperationException($"{killed.Name} ended when it was started again (exit code {process.ExitCode}):{Environment.NewLine}{Output}")
                    : await AnswersAsync(client, page, cancellationToken),
                $"{killed.Name} answers at {page}",
                cancellationToken);
        }
    }

    /// <summary>
    /// Ends everything without asking: the runner, the apps, the sidecars. Start a system with the same <see cref="RunningSystemOptions.DataFile"/> to see what is left.
    /// </summary>
    public async Task KillEverythingAsync(CancellationToken cancellationToken)
    {
        // The runner first, which would stop the others in order. Its watcher is left to tidy up after it.
        TryKill(Report.RunnerPid);
        await Eventually.TrueAsync(
            () =>
            {
                var living = LivingProcesses();
                foreach (var pid in living)
                {
                    TryKill(pid);
                }

                return living.Count == 0;
            },
            "every process of the run has ended",
            cancellationToken);
    }

    /// <summary>Requests that a service has taken and not yet let go, out of its metrics.</summary>
    public async Task<int> InFlightAsync(string appId, CancellationToken cancellationToken, int replica = 1) =>
        Metrics.Sum(await MetricsAsync(appId, cancellationToken, replica), "llmdapr_in_flight");

    /// <summary>A service's metrics, as Prometheus text.</summary>
    public async Task<string> MetricsAsync(string appId, CancellationToken cancellationToken, int replica = 1)
    {
        using var client = CreateClient(Page(Report.App(appId, replica).AppPort, "/"));
        return await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken);
    }

    /// <summary>Returns when nothing is in flight in edge, generation and the simulator.</summary>
    public async Task BecomesIdleAsync(CancellationToken cancellationToken)
    {
        foreach (var appId in new[] { AppIds.Edge, AppIds.Generation })
        {
            for (var replica = 1; replica <= Report.Apps.Count(app => app.AppId == appId); replica++)
            {
                var number = replica;
                await Eventually.TrueAsync(async () => await InFlightAsync(appId, cancellationToken, number) == 0, $"nothing is in flight in {appId} {number}", cancellationToken);
            }
        }

        await Eventually.TrueAsync(async () => (await Simulator.StatsAsync(cancellationToken)).Total.InFlight == 0, "nothing is in flight at the provider", cancellationToken);
    }

    /// <summary>The processes of this run that live.</summary>
    public IReadOnlyList<int> LivingProcesses() => StartedProgram.CarriersOf(Report.RunId);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Simulator?.Dispose();
        foreach (var process in _restarted.Values)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        if (!_runner.HasExited)
        {
            StartedProgram.Terminate(_runner.Id);
        }

        await _runner.WaitForExitAsync();
        _runner.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal static void Pump(Process process, ConcurrentQueue<string> lines)
    {
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        void Take(string? line)
        {
            if (line is not null)
            {
                lines.Enqueue(line);
            }
        }
    }

    private static Uri Page(int port, string path) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{path}"));

    private static void TryKill(int pid)
    {
        try
        {
            Kill(pid);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended already.
        }
    }

    private int CurrentPid(int reported) => _restarted.TryGetValue(reported, out var process) ? process.Id : reported;

    private KilledProcess Kill(string name, int reported, IReadOnlyList<Uri> answers)
    {
        var pid = CurrentPid(reported);
        try
        {
            var program = StartedProgram.Read(pid);
            Kill(pid);
            return new KilledProcess(name, reported, program, answers);
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidOperationException($"{name} was to be killed, but it has ended by itself:{Environment.NewLine}{Output}", e);
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri page, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(page, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
