using Dapr.Client;
using LlmDapr.Contracts;
using LlmDapr.PromptCache.Tests.Fakes;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Testing;

namespace LlmDapr.PromptCache.Tests.Sidecars;

/// <summary>Replicas of the cache behind a development sidecar with the project's own components, which can be stopped and started again.</summary>
internal sealed class SidecarRun : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-cache-");
    private readonly IReadOnlyList<int> _ports = FreePorts.Take(3);
    private readonly List<IAsyncDisposable> _replicas = [];
    private readonly List<DaprClient> _clients = [];
    private SidecarHost? _host;

    public async Task StartAsync()
    {
        var options = new SidecarOptions
        {
            AppId = AppIds.Edge,
            HttpPort = _ports[0],
            GrpcPort = _ports[1],
            MetricsPort = _ports[2],
            ResourcesPaths = [Path.Combine(Programs.Root, "components")],
            GracefulShutdown = TimeSpan.Zero,
        };
        _host = await SidecarHost.StartAsync([options], dataFile: Path.Combine(_folder.FullName, "state.db"), cancellationToken: TestContext.Current.CancellationToken);
    }

    public async Task StopAsync()
    {
        await _host!.DisposeAsync();
        _host = null;
    }

    /// <summary>A replica whose state store has time to answer on a busy machine, unless the settings say else.</summary>
    public async Task<Replica> ReplicaAsync(params (string Key, string Value)[] settings)
    {
        var client = new DaprClientBuilder().UseHttpEndpoint($"http://127.0.0.1:{_ports[0]}").UseGrpcEndpoint($"http://127.0.0.1:{_ports[1]}").Build();
        _clients.Add(client);
        var replica = await new Replica(client, TimeProvider.System, [("Cache:StoreTimeout", "00:00:05"), ("Cache:PurgePoll", "00:00:00.2"), .. settings]).StartAsync(watches: true);
        _replicas.Add(replica);
        return replica;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        _clients.ForEach(client => client.Dispose());
        if (_host is not null)
        {
            await StopAsync();
        }

        _folder.Delete(recursive: true);
    }
}
