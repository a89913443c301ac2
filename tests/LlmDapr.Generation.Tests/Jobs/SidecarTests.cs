using System.Net;
using System.Net.Sockets;
using System.Text;
using Dapr.Client;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Requests;
using LlmDapr.Generation.Tests.Hosting;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Workers;
using LlmDapr.Sidecar.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.Generation.Tests.Jobs;

/// <summary>Two replicas with sidecars of their own, which share state and broker.</summary>
public sealed class SidecarTests : IAsyncDisposable
{
    private readonly DirectoryInfo _resources = Directory.CreateTempSubdirectory("llmdapr-jobs-");
    private readonly List<GenerationHost> _replicas = [];
    private ScriptedProvider? _provider;
    private SidecarHost? _sidecars;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task JobsAndEvents_AreSharedByTheReplicasAndEachIsDoneOnce()
    {
        await StartAsync();
        var jobs = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            jobs.Add(await SubmitAsync(0, $"job {i}"));
        }

        var dapr = _replicas[1].Services.GetRequiredService<DaprClient>();
        for (var i = 0; i < 20; i++)
        {
            var data = Encoding.UTF8.GetBytes($$"""{"body":{{JobsHost.Chat($"event {i}")}}}""");
            await dapr.PublishByteEventAsync(DaprComponents.PubSub, Topics.Requests, data, "application/json", new() { ["cloudevent.id"] = $"e{i}" }, Cancellation);
        }

        foreach (var id in jobs)
        {
            await SucceededAsync(1, JobsHost.Tenant, id);
        }

        for (var i = 0; i < 20; i++)
        {
            var id = JobIds.OfEvent("event:generation", "generation", $"e{i}");
            await SucceededAsync(0, "event:generation", id);
        }

        Assert.Equal(60, _provider!.Requests.Count);
        Assert.Equal(60, _provider.Requests.Select(request => request.Text).Distinct().Count());
    }

    [Fact]
    public async Task JobsOfAReplicaThatStops_AreDoneByTheOther()
    {
        await StartAsync();
        var blocked = new TaskCompletionSource();
        _provider!.Script = async context =>
        {
            await blocked.Task.WaitAsync(context.RequestAborted);
            await ScriptedProvider.AnswerAsync(context, "{}");
        };
        var jobs = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            jobs.Add(await SubmitAsync(0, $"job {i}"));
        }

        await _provider.ArrivedAsync();
        await Soon.UntilAsync(() => _provider.Requests.Count == 12);
        await _replicas[0].StopAsync();

        // A sidecar ends with its app; one that stays would go on bringing it what it holds.
        _sidecars!.Instances[0].BeginShutdown();
        blocked.SetResult();

        foreach (var id in jobs)
        {
            await SucceededAsync(1, JobsHost.Tenant, id);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        if (_sidecars is not null)
        {
            await _sidecars.DisposeAsync();
        }

        if (_provider is not null)
        {
            await _provider.DisposeAsync();
        }

        _resources.Delete(recursive: true);
    }

    private async Task StartAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_resources.FullName, "components.yaml"), """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: statestore
            spec:
              type: state.redis
              version: v1
              metadata:
                - name: keyPrefix
                  value: llmdapr
            ---
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: pubsub
            spec:
              type: pubsub.redis
              version: v1
            """, Cancellation);

        // A file of its own: of policies, the first document of a file is read.
        await File.WriteAllTextAsync(Path.Combine(_resources.FullName, "resiliency.yaml"), """
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata:
              name: resiliency
            spec:
              policies:
                retries:
                  delivery:
                    policy: constant
                    duration: 200ms
                    maxRetries: -1
              targets:
                components:
                  pubsub:
                    inbound:
                      retry: delivery
            """, Cancellation);
        _provider = await ScriptedProvider.StartAsync();
        int[] ports = [FreePort(), FreePort()];
        _sidecars = await SidecarHost.StartAsync(
            [.. ports.Select(port => new SidecarOptions { AppId = AppIds.Generation, AppPort = port, ResourcesPaths = [_resources.FullName] })],
            cancellationToken: Cancellation);
        for (var i = 0; i < ports.Length; i++)
        {
            var sidecar = _sidecars.Instances[i];
            _replicas.Add(await GenerationHost.StartAsync(
                _provider.Address,
                [
                    $"--urls=http://127.0.0.1:{ports[i]}",
                    $"--DAPR_GRPC_ENDPOINT=http://127.0.0.1:{sidecar.GrpcPort}",
                    $"--DAPR_HTTP_ENDPOINT=http://127.0.0.1:{sidecar.HttpPort}",
                    "--Jobs:Lease=00:00:05",
                    "--Jobs:StopTimeout=00:00:00.1",
                ],
                services: services => services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20))));
        }

        await Soon.UntilAsync(() => _replicas.All(replica => replica.Services.GetRequiredService<JobWorker>().IsReady));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<string> SubmitAsync(int replica, string prompt)
    {
        var request = new JobRequest(JobsHost.Tenant, RequestKind.ChatCompletion, "m", Encoding.UTF8.GetBytes(JobsHost.Chat(prompt)));
        return Assert.IsType<Submission.Created>(await _replicas[replica].Services.GetRequiredService<JobStore>().SubmitAsync(request, Cancellation)).Job.Id;
    }

    private async Task SucceededAsync(int replica, string tenant, string id)
    {
        var store = _replicas[replica].Services.GetRequiredService<JobStore>();
        for (var i = 0; ; i++)
        {
            var job = await store.WaitAsync(tenant, id, TimeSpan.FromSeconds(30), Cancellation);

            // An event may not have been taken yet.
            if (job is { IsFinished: true, IsReplyDue: false })
            {
                Assert.Equal(JobStatus.Succeeded, job.Status);
                return;
            }

            Assert.True(i < 1000 && job?.Status is null or JobStatus.Succeeded, $"Job {id} is {job?.Status}.");
            await Task.Delay(20, Cancellation);
        }
    }
}
