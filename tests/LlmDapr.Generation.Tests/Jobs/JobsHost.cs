using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapr.Client;
using LlmDapr.Contracts.Requests;
using LlmDapr.Generation.Tests.Hosting;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Tests.Fakes;
using LlmDapr.Jobs.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmDapr.Generation.Tests.Jobs;

/// <summary>The service with a state store and a broker in memory, whose deliveries the test makes.</summary>
internal sealed class JobsHost : IAsyncDisposable
{
    public const string Tenant = "t";

    private readonly GenerationHost _host;

    private JobsHost(GenerationHost host, ScriptedProvider provider, FakeStore store, FakeDapr dapr) => (_host, Provider, Store, Dapr) = (host, provider, store, dapr);

    public ScriptedProvider Provider { get; }

    public FakeStore Store { get; }

    public FakeDapr Dapr { get; }

    public GenerationHost Host => _host;

    public JobStore Jobs => _host.Services.GetRequiredService<JobStore>();

    public JobWorker Worker => _host.Services.GetRequiredService<JobWorker>();

    /// <summary>Starts it, with a provider that answers at once. Its clocks are real, and short.</summary>
    public static async Task<JobsHost> StartAsync(params string[] settings)
    {
        var provider = await ScriptedProvider.StartAsync();
        var store = new FakeStore(TimeProvider.System);
        var dapr = new FakeDapr(store);
        var host = await GenerationHost.StartAsync(
            provider.Address,
            ["--Attempts:MaxAttempts=1", "--Attempts:PerTarget=1", "--Jobs:Hold=00:00:00.3", .. settings],
            services: services =>
            {
                services.AddSingleton<DaprClient>(dapr);
                services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
            });
        var jobs = new JobsHost(host, provider, store, dapr);
        await Soon.UntilAsync(() => jobs.Worker.IsReady);
        return jobs;
    }

    public static string Chat(string prompt = "hello", string model = "m") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{prompt}}"}]}""";

    /// <summary>Accepts a job, as edge does.</summary>
    public async Task<JobRecord> SubmitAsync(string? body = null, string model = "m", string? cacheControl = null, string? cacheTtl = null, string tenant = Tenant)
    {
        var request = new JobRequest(tenant, RequestKind.ChatCompletion, model, Encoding.UTF8.GetBytes(body ?? Chat(model: model))) { CacheControl = cacheControl, CacheTtl = cacheTtl };
        return Assert.IsType<Submission.Created>(await Jobs.SubmitAsync(request, TestContext.Current.CancellationToken)).Job;
    }

    /// <summary>Brings the message of a job.</summary>
    public Task<HttpStatusCode> DeliverAsync(JobRecord job) => DeliverAsync(
        "/events/jobs",
        JsonSerializer.Serialize(new { specversion = "1.0", id = job.Id, source = "edge", type = "llmdapr.job.v1", data = new { id = job.Id, model = job.Model, priority = job.Priority } }));

    /// <summary>Brings an event as the sidecar wraps it; null leaves a member out.</summary>
    public Task<HttpStatusCode> DeliverEventAsync(string? data, string? id = "1", string? source = "shop")
    {
        var envelope = new JsonObject { ["specversion"] = "1.0", ["type"] = "com.dapr.event.sent", ["datacontenttype"] = "application/json" };
        if (id is not null)
        {
            envelope["id"] = id;
        }

        if (source is not null)
        {
            envelope["source"] = source;
        }

        if (data is not null)
        {
            envelope["data"] = JsonNode.Parse(data);
        }

        return DeliverAsync("/events/requests", envelope.ToJsonString());
    }

    public async Task<HttpStatusCode> DeliverAsync(string route, string body)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(_host.Address) };
        using var response = await client.PostAsync(new Uri(route, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/cloudevents+json"), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public async Task<JobRecord> GetAsync(string id, string tenant = Tenant) => (await Jobs.GetAsync(tenant, id, TestContext.Current.CancellationToken))!;

    /// <summary>The job, once it has ended and its event is sent.</summary>
    public async Task<JobRecord> EndAsync(string id, string tenant = Tenant)
    {
        for (var i = 0; ; i++)
        {
            var job = await Jobs.WaitAsync(tenant, id, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.NotNull(job);
            if (job is { IsFinished: true, IsReplyDue: false })
            {
                return job;
            }

            Assert.True(i < 1000, $"Job {id} is {job.Status}.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public async Task<string> ResultAsync(JobRecord job) => Encoding.UTF8.GetString((await Jobs.GetResultAsync(job, TestContext.Current.CancellationToken))!.Body.Span);

    public IReadOnlyList<Published> EventsOf(string topic) => [.. Store.Events.Where(sent => sent.Topic == topic)];

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await Provider.DisposeAsync();
        Assert.Empty(Store.WithoutTtl);
    }
}
