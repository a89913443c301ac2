using System.ComponentModel;
using LlmDapr.Local.Apps;
using LlmDapr.Local.Output;
using LlmDapr.Local.Ports;
using LlmDapr.Local.Readiness;
using LlmDapr.Local.Reaping;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Running;

/// <summary>The apps and sidecars of a run file, running. Disposing stops them: the apps first, then their sidecars.</summary>
internal sealed class LocalSystem : IAsyncDisposable
{
    private static readonly TimeSpan AppGrace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SidecarGrace = TimeSpan.FromSeconds(6);

    private readonly RunOptions _options;
    private readonly RunOutput _output;
    private readonly TimeProvider _time;
    private readonly CancellationToken _hurry;
    private readonly PortReservations _reservations = new();
    private readonly string _folder;
    private readonly Dictionary<string, Member> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Member> _sidecarOf = new(StringComparer.Ordinal);
    private readonly List<Member> _sidecars = [];
    private readonly RunMarker _run = new(Guid.NewGuid().ToString("N"));
    private ReaperLink? _reaper;
    private RunPlan? _plan;
    private bool _stopping;

    /// <summary>A system that has not been started.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="output">Where lines go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="hurry">When it is cancelled, stopping waits for nothing any more.</param>
    public LocalSystem(RunOptions options, RunOutput output, TimeProvider time, CancellationToken hurry)
    {
        (_options, _output, _time, _hurry) = (options, output, time, hurry);
        _folder = Path.Combine(Path.GetTempPath(), $"llmdapr-{_run.RunId}");
    }

    /// <summary>What is running.</summary>
    public RunPlan Plan => _plan ?? throw new InvalidOperationException("The system has not been started.");

    /// <summary>Starts everything and waits until it is ready.</summary>
    /// <exception cref="LocalFailure">It cannot become so. What had been started runs until <see cref="DisposeAsync"/>.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        // The watcher comes before all that it is to clean up.
        _reaper = new ReaperLink(_run, _output, _time);
        _reaper.Owns(_folder);
        MakeFolder();
        _plan = await RunPreparation.PrepareAsync(_options, _run, _folder, _reservations, _output, cancellation);
        var names = _plan.Apps.ToDictionary(app => app.Name, app => _output.Named(app.Name));
        foreach (var sidecar in _plan.Sidecars)
        {
            var console = _output.Named(sidecar.Name);
            var member = Start(
                sidecar.Name, sidecar.Spec, new ProcessLog(sidecar.Log, console, sidecar.IsAlert, () => LogFile.Create(sidecar.LogFolder, sidecar.Name, sidecar.Kind, _time)));
            _sidecars.Add(member);
            foreach (var app in sidecar.Serves)
            {
                _sidecarOf[app.Name] = member;
            }
        }

        foreach (var (app, spec) in _plan.Launches)
        {
            _apps[app.Name] = Start(
                app.Name, spec, new ProcessLog(app.AppLog, names[app.Name], _ => false, () => LogFile.Create(app.LogFolder, app.Name, "app", _time)));
        }

        await WaitUntilReadyAsync(cancellation);
        foreach (var member in _apps.Values.Concat(_sidecars))
        {
            _ = SayWhenItEndsAsync(member, _sidecars.Contains(member) ? "its apps have no sidecar now" : "the others go on");
        }
    }

    /// <summary>Where everything is.</summary>
    public RunReport Report() => new(
        Environment.ProcessId,
        _reaper!.WatcherId,
        _run.RunId,
        Plan.Daprd is null ? "embedded" : "daprd",
        [.. Plan.Apps.Select(app => new AppReport(
            app.AppId, app.Name, _apps.GetValueOrDefault(app.Name)?.Process.Id, app.Ports.App, _sidecarOf[app.Name].Process.Id,
            app.Ports.DaprHttp, app.Ports.DaprGrpc, app.Ports.Metrics, _apps.GetValueOrDefault(app.Name)?.Log.FilePath, _sidecarOf[app.Name].Log.FilePath))]);

    /// <summary>Ends when no app is left.</summary>
    public Task AllAppsEndedAsync() =>
        _apps.Count == 0 ? Task.Delay(Timeout.InfiniteTimeSpan, _time, CancellationToken.None) : Task.WhenAll(_apps.Values.Select(app => app.Process.Exited));

    /// <summary>The variables with which an app was started, those of this process included.</summary>
    public string? VariableOf(string appId, string name) =>
        Plan.Launches.FirstOrDefault(launch => launch.App.AppId == appId) is { Spec: { } spec }
            ? spec.Env.GetValueOrDefault(name) ?? (spec.Withheld(name) ? null : Environment.GetEnvironmentVariable(name))
            : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        await Task.WhenAll(_apps.Values.Select(app => app.Process.StopAsync(AppGrace, _time, _hurry)));
        await Task.WhenAll(_sidecars.Select(sidecar => sidecar.Process.StopAsync(SidecarGrace, _time, _hurry)));

        // What an app has started outside its own session is found by the mark.
        _run.KillCarriers();
        foreach (var member in _apps.Values.Concat(_sidecars))
        {
            member.Log.Dispose();
        }

        if (_reaper is not null)
        {
            await _reaper.DisposeAsync();
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        _reservations.Dispose();
    }

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder);
        }
        else
        {
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private Member Start(string name, LaunchSpec spec, ProcessLog log)
    {
        try
        {
            var process = ChildProcess.Start(spec, log.Write);
            _reaper!.Began(process.Id);
            return new Member(name, process, log);
        }
        catch (Win32Exception error)
        {
            log.Dispose();
            throw new LocalFailure($"{spec.Program} of '{name}' cannot be started: {error.Message}");
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        using var probe = new ReadinessProbe(_time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var missing = new Dictionary<string, string>(StringComparer.Ordinal);
        var ready = Plan.Apps.Select(app => probe.WaitAsync(app, what => missing[app.Name] = what, giveUp.Token)).ToList();
        var died = Plan.Launches.Where(launch => launch.App.Ports.App > 0).Select(launch => _apps[launch.App.Name])
            .Concat(_sidecars)
            .Select(async member => (Member: member, Code: await member.Process.Exited))
            .ToList();
        var all = Task.WhenAll(ready);
        try
        {
            var first = await Task.WhenAny([all, .. died]).WaitAsync(_options.Timeout, _time, cancellation);
            if (first != all)
            {
                throw Died(await died[died.FindIndex(task => task == first)]);
            }

            await all;
        }
        catch (TimeoutException)
        {
            var waiting = string.Join("; ", Plan.Apps.Where((_, index) => !ready[index].IsCompleted).Select(app => missing.GetValueOrDefault(app.Name) ?? app.Name));
            throw new LocalFailure($"Not everything was ready after {_options.Timeout.TotalSeconds:0} s: {waiting}. Look at the lines above, or give it longer with --timeout.");
        }
        finally
        {
            await giveUp.CancelAsync();
        }
    }

    private static LocalFailure Died((Member Member, int Code) end)
    {
        var lines = end.Member.Process.LastLines;
        var said = lines.Count == 0
            ? "It wrote nothing."
            : $"Its last lines:{Environment.NewLine}{string.Join(Environment.NewLine, lines.Select(line => "    " + line))}";
        var file = end.Member.Log.FilePath is { } path ? $"{Environment.NewLine}Its log: {path}" : "";
        return new LocalFailure($"{end.Member.Name} ended at start ({ExitCodes.Words(end.Code)}). {said}{file}");
    }

    private async Task SayWhenItEndsAsync(Member member, string consequence)
    {
        var code = await member.Process.Exited;
        _reaper?.Ended(member.Process.Id);
        if (!_stopping)
        {
            _output.Say($"{member.Name} has ended ({ExitCodes.Words(code)}); {consequence}, and nothing is restarted");
        }
    }
}
