using System.Text;
using System.Text.Json;
using LlmDapr.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace LlmDapr.Edge.Tests.Hosting;

/// <summary>The whole service on a Kestrel of its own, and a client of its API.</summary>
internal sealed class EdgeHost : IAsyncDisposable
{
    public const string Chat = """{"model":"m","messages":[{"role":"user","content":"PROMPT-TEXT"}]}""";

    private readonly WebApplication _app;

    private EdgeHost(WebApplication app, HttpClient client)
    {
        _app = app;
        Client = client;
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public FakeLogCollector Logs => _app.Services.GetFakeLogCollector();

    public int InFlight => _app.Services.GetRequiredService<InFlight>().Count;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<EdgeHost> StartAsync(int sidecarPort, string[]? settings = null, TimeProvider? time = null, Action<IServiceCollection>? services = null)
    {
        string[] args = ["--urls=http://127.0.0.1:0", "--DAPR_HTTP_ENDPOINT=", $"--DAPR_HTTP_PORT={sidecarPort}", "--APP_API_TOKEN=", .. settings ?? []];
        var app = EdgeApp.Build(args, builder =>
        {
            builder.Logging.ClearProviders().AddFakeLogging();
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
            if (time is not null)
            {
                builder.Services.AddSingleton(time);
            }

            services?.Invoke(builder.Services);
        });
        await app.StartAsync(Cancelled);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new EdgeHost(app, new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0, UseProxy = false }) { BaseAddress = new Uri(address) });
    }

    public static HttpRequestMessage Request(string body, string path = "/v1/chat/completions", string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);

    public Task<HttpResponseMessage> ChatAsync(string body = Chat, params (string Name, string Value)[] headers) => SendAsync(Request(body, headers: headers));

    /// <summary>Whatever an error is, it has all four fields.</summary>
    public static async Task<(int Status, string Type, string? Code, string? Param, string Message)> ErrorAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancelled));
        var error = json.RootElement.GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(member => member.Name));
        var message = error.GetProperty("message").GetString();
        Assert.False(string.IsNullOrWhiteSpace(message));
        return ((int)response.StatusCode, error.GetProperty("type").GetString()!, error.GetProperty("code").GetString(), error.GetProperty("param").GetString(), message);
    }

    public static Task<string> TextAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(Cancelled);

    /// <summary>Waits until nothing is in flight.</summary>
    public Task IdleAsync() => Soon.UntilAsync(() => InFlight == 0);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
