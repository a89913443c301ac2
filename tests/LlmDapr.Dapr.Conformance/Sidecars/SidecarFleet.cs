using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.Sidecars;

/// <summary>
/// The sidecars of a set-up, as processes: one LlmDapr.Sidecar that serves them all, or, with <c>LLMDAPR_DAPRD=&lt;path&gt;</c>, one real
/// daprd each. Disposing kills them and deletes their files.
/// </summary>
public sealed class SidecarFleet : IAsyncDisposable
{
    private readonly Dictionary<string, SidecarAddress> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SidecarProcess> _processes = new(StringComparer.Ordinal);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-conformance-");

    private SidecarFleet()
    {
    }

    /// <summary>The path of a real daprd to run the cases against; null for the development sidecar.</summary>
    public static string? Daprd => Environment.GetEnvironmentVariable("LLMDAPR_DAPRD") is { Length: > 0 } path ? path : null;

    /// <summary>Where a sidecar listens.</summary>
    public SidecarAddress this[string appId] => _addresses[appId];

    /// <summary>Starts sidecars and waits until those that can become ready are.</summary>
    public static async Task<SidecarFleet> StartAsync(IReadOnlyList<SidecarSpec> specs, CancellationToken cancel)
    {
        var fleet = new SidecarFleet();
        try
        {
            await (Daprd is { } path ? fleet.StartDaprdsAsync(path, specs, cancel) : fleet.StartDevelopmentAsync(specs, cancel));
            foreach (var spec in specs)
            {
                await fleet.WaitAsync(spec, cancel);
            }

            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends one sidecar the hard way, as far as that can be done to one of several in a process.</summary>
    public async Task KillAsync(string appId, CancellationToken cancel)
    {
        if (Daprd is null)
        {
            await WireClient.ExchangeAsync(this[appId].Http, new WireRequest("POST", "/v1.0/shutdown", []), cancel);
        }
        else
        {
            await _processes[appId].KillAsync();
        }
    }

    /// <summary>Sends SIGTERM to the process of a sidecar.</summary>
    public Task TerminateAsync(string appId, CancellationToken cancel) => _processes[appId].TerminateAsync(cancel);

    /// <summary>The exit code of a sidecar's process, once it has ended.</summary>
    public Task<int> ExitCodeAsync(string appId, CancellationToken cancel) => _processes[appId].ExitCodeAsync(cancel);

    /// <summary>What the process of a sidecar has written.</summary>
    public string Output(string appId) => _processes[appId].Output;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values.Distinct())
        {
            await process.KillAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task StartDevelopmentAsync(IReadOnlyList<SidecarSpec> specs, CancellationToken cancel)
    {
        // Named, because a killed process leaves its temporary one behind.
        var arguments = new List<string> { "--data-file", Path.Combine(_folder.FullName, "data.db") };
        var environment = new Dictionary<string, string>();
        foreach (var spec in specs)
        {
            arguments.AddRange(["--app-id", spec.AppId, .. Common(spec)]);
            foreach (var (name, value) in spec.Environment)
            {
                environment[$"{name}__{spec.AppId}"] = value;
            }
        }

        var process = SidecarProcess.Start(DevelopmentSidecar.Path, arguments, environment);
        foreach (var spec in specs)
        {
            _processes[spec.AppId] = process;
            _addresses[spec.AppId] = await process.AddressOfAsync(spec.AppId, cancel);
        }
    }

    private async Task StartDaprdsAsync(string path, IReadOnlyList<SidecarSpec> specs, CancellationToken cancel)
    {
        var configuration = DaprdConfiguration.Write(_folder.FullName);
        foreach (var spec in specs)
        {
            var ports = FreePorts.Take(5);
            string[] own =
            [
                "--app-id", spec.AppId, "--dapr-http-port", $"{ports[0]}", "--dapr-grpc-port", $"{ports[1]}", "--metrics-port", $"{ports[2]}",
                "--dapr-internal-grpc-port", $"{ports[3]}", "--profile-port", $"{ports[4]}", "--placement-host-address", "", "--scheduler-host-address", "",
                "--dapr-listen-addresses", "127.0.0.1",
            ];
            var flags = Common(spec);
            string[] config = flags.Contains("--config") ? [] : ["--config", configuration];
            _processes[spec.AppId] = SidecarProcess.Start(path, [.. own, .. flags, .. config], spec.Environment);
            _addresses[spec.AppId] = new SidecarAddress(ports[0], ports[1], ports[2]);
            await Task.Yield();
            cancel.ThrowIfCancellationRequested();
        }
    }

    private List<string> Common(SidecarSpec spec)
    {
        List<string> flags = spec.AppPort > 0 ? ["--app-port", $"{spec.AppPort}", .. spec.Flags] : [.. spec.Flags];
        if (spec.Resources.Count > 0)
        {
            var folder = _folder.CreateSubdirectory(spec.AppId);
            foreach (var (name, text) in spec.Resources)
            {
                File.WriteAllText(System.IO.Path.Combine(folder.FullName, name), text);
            }

            flags.AddRange(["--resources-path", folder.FullName]);
        }

        return flags;
    }

    private async Task WaitAsync(SidecarSpec spec, CancellationToken cancel)
    {
        var target = spec.BecomesReady ? "/v1.0/healthz" : "/v1.0/healthz/outbound";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                var answer = await WireClient.ExchangeAsync(this[spec.AppId].Http, WireRequest.Get(target), limit.Token);
                if (answer.Status == 204)
                {
                    return;
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw new InvalidOperationException($"The sidecar {spec.AppId} did not become ready:\n{Output(spec.AppId)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancel);
        }
    }
}
