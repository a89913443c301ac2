using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Dapr.Client;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Requests;
using LlmDapr.Edge;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Tests.Hosting;
using LlmDapr.Jobs.Workers;
using LlmDapr.PromptCache;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.Sidecar.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmDapr.Generation.Tests.Jobs;

/// <summary>Edge and generation, each with its sidecar: what one has kept serves the other.</summary>
public sealed class SharedCacheTests : IAsyncDisposable
{
    private const string Answer = """{"id":"a","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""";

    private readonly DirectoryInfo _resources = Directory.CreateTempSubdirectory("llmdapr-cache-");
    private ScriptedProvider? _provider;
    private SidecarHost? _sidecars;
    private GenerationHost? _generation;
    private WebApplication? _edge;
    private HttpClient? _client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("m", "chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"temperature\":0")]
    [InlineData("renamed", "chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"seed\":1.0")]
    [InlineData("free/one", "embeddings", "\"input\":\"hi\"")]
    public async Task AnswerOfACaller_ServesAJob(string model, string path, string rest)
    {
        await StartAsync();
        var (cache, key) = await AskAsync(path, $$"""{"model":"{{model}}",{{rest}}}""");
        await KeptAsync(key);

        var job = await RunAsync(path, $$"""{ {{rest}},"model":"{{model}}","user":"me"}""");

        Assert.Equal((CacheStatus.Miss, CacheStatus.Hit), (cache, job.GetProperty("cache").GetString()));
        Assert.Equal(Answer, job.GetProperty("result").GetRawText());
        Assert.Single(_provider!.Requests);
    }

    [Fact]
    public async Task AnswerOfAJob_ServesACaller()
    {
        await StartAsync();
        const string Body = """{"model":"m","messages":[{"role":"user","content":"hi"}],"temperature":0}""";
        var job = await RunAsync("chat/completions", Body);
        var own = KeyOfAJob(Body);
        await KeptAsync(own);

        var (cache, key) = await AskAsync("chat/completions", Body);

        Assert.Equal((CacheStatus.Miss, CacheStatus.Hit, own), (job.GetProperty("cache").GetString(), cache, key));
        Assert.Single(_provider!.Requests);
    }

    [Theory]
    [InlineData("no-store", CacheStatus.Bypass)]
    [InlineData("no-cache", CacheStatus.Miss)]
    public async Task Wish_OfAJobsCaller_ReachesWhoRunsIt(string wish, string expected)
    {
        await StartAsync();
        const string Body = """{"model":"m","messages":[{"role":"user","content":"hi"}],"temperature":0}""";
        await RunAsync("chat/completions", Body);

        var job = await RunAsync("chat/completions", Body, ("Cache-Control", wish));

        Assert.Equal(expected, job.GetProperty("cache").GetString());
        Assert.Equal(2, _provider!.Requests.Count);
    }

    [Fact]
    public async Task Wish_ThatIsNone_IsRefused()
    {
        await StartAsync();

        using var response = await PostAsync("async/chat/completions", """{"model":"m","messages":[{"role":"user","content":"hi"}]}""", (HeaderNames.CacheTtl, "soon"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(HeaderNames.CacheTtl, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        foreach (var part in new IAsyncDisposable?[] { _edge, _generation, _sidecars, _provider })
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        _resources.Delete(recursive: true);
    }

    private static string Component(string name, string type) => $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: {name}
        spec:
          type: {type}
          version: v1
          metadata:
            - name: keyPrefix
              value: llmdapr
        """;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task StartAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_resources.FullName, "statestore.yaml"), Component(DaprComponents.StateStore, "state.redis"), Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_resources.FullName, "pubsub.yaml"), Component(DaprComponents.PubSub, "pubsub.redis"), Cancellation);
        _provider = await ScriptedProvider.StartAsync();
        _provider.Script = context => ScriptedProvider.AnswerAsync(context, Answer);
        var port = FreePort();
        _sidecars = await SidecarHost.StartAsync(
            [
                new SidecarOptions { AppId = AppIds.Generation, AppPort = port, ResourcesPaths = [_resources.FullName] },
                new SidecarOptions { AppId = AppIds.Edge, ResourcesPaths = [_resources.FullName] },
            ],
            cancellationToken: Cancellation);
        _generation = await GenerationHost.StartAsync(_provider.Address, [$"--urls=http://127.0.0.1:{port}", .. Dapr(0)]);
        await Soon.UntilAsync(() => _generation.Services.GetRequiredService<JobWorker>().IsReady);
        _edge = EdgeApp.Build(["--urls=http://127.0.0.1:0", "--APP_API_TOKEN=", .. Dapr(1)], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        });
        await _edge.StartAsync(Cancellation);
        var address = _edge.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(address) };

        // The models are known before the first request asks.
        using var models = await _client.GetAsync(new Uri("/v1/models", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, models.StatusCode);
    }

    private string[] Dapr(int sidecar) =>
    [
        $"--DAPR_HTTP_ENDPOINT=http://127.0.0.1:{_sidecars!.Instances[sidecar].HttpPort}",
        $"--DAPR_HTTP_PORT={_sidecars.Instances[sidecar].HttpPort}",
        $"--DAPR_GRPC_ENDPOINT=http://127.0.0.1:{_sidecars.Instances[sidecar].GrpcPort}",
    ];

    private Task<HttpResponseMessage> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _client!.SendAsync(request, Cancellation);
    }

    private async Task<(string Cache, string Key)> AskAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var response = await PostAsync(path, body, headers);
        Assert.Equal((HttpStatusCode.OK, Answer), (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation)));
        return (response.Headers.GetValues(HeaderNames.Cache).Single(), response.Headers.GetValues(HeaderNames.CacheKey).Single());
    }

    private async Task<JsonElement> RunAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var accepted = await PostAsync($"async/{path}", body, headers);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        for (var i = 0; ; i++)
        {
            var job = JsonElement.Parse(await _client!.GetStringAsync(new Uri($"{accepted.Headers.Location}?wait=30s", UriKind.Relative), Cancellation));
            if (job.GetProperty("status").GetString() == "succeeded")
            {
                return job;
            }

            Assert.True(i < 4, job.GetRawText());
        }
    }

    private string KeyOfAJob(string body)
    {
        Assert.True(RequestEnvelope.TryRead(Encoding.UTF8.GetBytes(body), RequestKind.ChatCompletion, out var request, out _));
        var model = _generation!.Services.GetRequiredService<CatalogStore>().Current.Table.Find(request.Model)!.Value;
        Assert.True(_generation.Services.GetRequiredService<AnswerCache>().TryPlan(new CacheRequest(RequestKind.ChatCompletion, request, "anonymous", model), out var plan, out _));
        return plan.Key.ToString();
    }

    // Behind the answer's back.
    private async Task KeptAsync(string key)
    {
        var dapr = _generation!.Services.GetRequiredService<DaprClient>();
        for (var i = 0; (await dapr.GetByteStateAsync(DaprComponents.StateStore, $"cache-{key}", cancellationToken: Cancellation)).IsEmpty; i++)
        {
            Assert.True(i < 3000, "It is not kept.");
            await Task.Delay(10, Cancellation);
        }
    }
}
