using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LlmDapr.Dapr.Conformance.Sidecars;

/// <summary>A started sidecar process.</summary>
internal sealed partial class SidecarProcess
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Dictionary<string, TaskCompletionSource<SidecarAddress>> _addresses = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    private SidecarProcess(Process process) => _process = process;

    /// <summary>What it has written.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts a program; a path that ends in .dll is run by dotnet.</summary>
    public static SidecarProcess Start(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var isDll = path.EndsWith(".dll", StringComparison.Ordinal);
        var start = new ProcessStartInfo(isDll ? "dotnet" : path, isDll ? [path, .. arguments] : arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in (string[])["DAPR_API_TOKEN", "APP_API_TOKEN", "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS"])
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var sidecar = new SidecarProcess(Process.Start(start)!);
        sidecar._process.OutputDataReceived += (_, line) => sidecar.Note(line.Data);
        sidecar._process.ErrorDataReceived += (_, line) => sidecar.Note(line.Data);
        sidecar._process.BeginOutputReadLine();
        sidecar._process.BeginErrorReadLine();
        return sidecar;
    }

    /// <summary>Waits for the line that says where a sidecar listens.</summary>
    public async Task<SidecarAddress> AddressOfAsync(string appId, CancellationToken cancel)
    {
        var told = Waiter(appId).Task;
        var ended = _process.WaitForExitAsync(cancel);
        return await Task.WhenAny(told, ended) == told
            ? await told
            : throw new InvalidOperationException($"The sidecar process ended with code {_process.ExitCode}:\n{Output}");
    }

    /// <summary>SIGTERM.</summary>
    public async Task TerminateAsync(CancellationToken cancel)
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancel);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<int> ExitCodeAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL, and waits for it.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        // WaitForExitAsync also waits for the end of the output. Runs have hung in their teardown with every sidecar gone, so there is a limit.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"The output of sidecar process {_process.Id} did not end with it.");
        }
    }

    [GeneratedRegex(@"^dapr sidecar (?<id>\S+): http 127\.0\.0\.1:(?<http>\d+) grpc 127\.0\.0\.1:(?<grpc>\d+) metrics 127\.0\.0\.1:(?<metrics>\d+)")]
    private static partial Regex AddressLine();

    private void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _output.AppendLine(line);
        }

        if (AddressLine().Match(line) is { Success: true } match)
        {
            int Port(string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
            Waiter(match.Groups["id"].Value).TrySetResult(new SidecarAddress(Port("http"), Port("grpc"), Port("metrics")));
        }
    }

    private TaskCompletionSource<SidecarAddress> Waiter(string appId)
    {
        lock (_lock)
        {
            if (!_addresses.TryGetValue(appId, out var waiter))
            {
                _addresses[appId] = waiter = new TaskCompletionSource<SidecarAddress>(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return waiter;
        }
    }
}
