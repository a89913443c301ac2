using LlmDapr.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace LlmDapr.Generation.Tests.Hosting;

/// <summary>The whole service on a Kestrel of its own, and a client that speaks to it as edge's sidecar does.</summary>
internal sealed class GenerationHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private GenerationHost(WebApplication app, HttpClient client)
    {
        _app = app;
        _client = client;
    }

    public FakeLogCollector Logs => _app.Services.GetFakeLogCollector();

    public IServiceProvider Services => _app.Services;

    public string Address => _client.BaseAddress!.ToString();

    private InFlight InFlight => _app.Services.GetRequiredService<InFlight>();

    /// <summary>Starts the service with one provider <c>p</c>: the model <c>m</c> keeps its name there, <c>renamed</c> is <c>gpt-real</c>, <c>free/…</c> is anything.</summary>
    public static async Task<GenerationHost> StartAsync(string provider, string[]? settings = null, TimeProvider? time = null, Action<IServiceCollection>? services = null)
    {
        string[] args =
        [
            "--urls=http://127.0.0.1:0",
            "--OPENAI_API_KEY=",
            "--OPENAI_BASE_URL=",
            "--APP_API_TOKEN=",
            $"--Providers:p:Endpoint={provider}/v1",
            "--Models:0:Id=m",
            "--Models:0:Targets:0:Provider=p",
            "--Models:1:Id=renamed",
            "--Models:1:Targets:0:Provider=p",
            "--Models:1:Targets:0:Model=gpt-real",
            "--Models:2:Id=free/*",
            "--Models:2:Targets:0:Provider=p",
            .. settings ?? [],
        ];
        var app = GenerationApp.Build(args, builder =>
        {
            builder.Logging.ClearProviders().AddFakeLogging();
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
            if (time is not null)
            {
                builder.Services.AddSingleton(time);
            }

            services?.Invoke(builder.Services);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new GenerationHost(app, new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0, UseProxy = false }) { BaseAddress = new Uri(address) });
    }

    /// <summary>Sends a body to a path of the hop; the answer is read as it comes.</summary>
    public async Task<HopExchange> SendAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return await HopExchange.OfAsync(response);
    }

    public Task<HopExchange> ChatAsync(string body, params (string Name, string Value)[] headers) =>
        SendAsync("/hop/chat/completions", System.Text.Encoding.UTF8.GetBytes(body), headers);

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Stops the service as a signal does, with its whole time to do so.</summary>
    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    /// <summary>Waits until nothing is in flight.</summary>
    public Task IdleAsync() => Soon.UntilAsync(() => InFlight.Count == 0);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
