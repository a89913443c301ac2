using System.Net.Http.Json;
using System.Threading.Channels;
using LlmDapr.Sidecar.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

namespace LlmDapr.Sidecar.Tests.PubSub.Subscriptions;

public sealed class SubscribingTests
{
    private const string Declared = """
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata:
          name: both
        spec:
          pubsubname: pubsub
          topic: both
          routes:
            default: /declared
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Subscription
        metadata:
          name: older
        spec:
          pubsubname: pubsub
          topic: older
          route: /older
        ---
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata:
          name: others
        spec:
          pubsubname: pubsub
          topic: others
          routes:
            default: /others
        scopes:
        - somebody-else
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Subscriptions_DeclaredAndProgrammatic_AreMergedAndMessagesFollow()
    {
        using var files = new PubSubFiles(("subscriptions.yaml", Declared));
        await using var app = await App.StartAsync("""[{"pubsubname":"pubsub","topic":"both","route":"/asked"},{"pubsubname":"gone","topic":"t","route":"/t"}]""");
        await using var host = await SidecarHost.StartAsync([new SidecarOptions { AppId = "app", AppPort = app.Port, ResourcesPaths = [files.Path] }], cancellationToken: Cancel);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Instances[0].HttpPort}") };

        foreach (var topic in (string[])["others", "both", "older"])
        {
            (await client.PostAsJsonAsync(new Uri($"/v1.0/publish/pubsub/{topic}", UriKind.Relative), topic, Cancel)).EnsureSuccessStatusCode();
        }

        Assert.Equal(["/asked", "/older"], ((string[])[await app.NextAsync(), await app.NextAsync()]).Order());
        var metadata = await client.GetStringAsync(new Uri("/v1.0/metadata", UriKind.Relative), Cancel);
        Assert.Contains(
            """
            "subscriptions":[{"pubsubname":"pubsub","topic":"older","rules":[{"path":"/older"}],"deadLetterTopic":"","type":"DECLARATIVE"},{"pubsubname":"pubsub","topic":"both","rules":[{"path":"/asked"}],"deadLetterTopic":"","type":"PROGRAMMATIC"},{"pubsubname":"gone","topic":"t","rules":[{"path":"/t"}],"deadLetterTopic":"","type":"PROGRAMMATIC"}]
            """.Trim(),
            metadata,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_AnAnswerThatIsNo200_IsFinalAndSaysSo()
    {
        using var files = new PubSubFiles();
        var loggers = new FakeLoggerProvider();
        await using var app = await App.StartAsync("[]", status: 503);
        await using var host = await SidecarHost.StartAsync(
            [new SidecarOptions { AppId = "app", AppPort = app.Port, ResourcesPaths = [files.Path] }], new LoggerFactory([loggers]), cancellationToken: Cancel);

        while (!loggers.Collector.GetSnapshot().Any(line => line.Level == LogLevel.Error && line.Message.Contains("app returned http status code 503 from subscription endpoint", StringComparison.Ordinal)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }

        Assert.Equal(1, app.SubscribeCalls);
    }

    [Fact]
    public async Task Subscribe_ABrokenConnection_IsAskedAgain()
    {
        using var files = new PubSubFiles();
        await using var app = await App.StartAsync("""[{"pubsubname":"pubsub","topic":"t","route":"/in"}]""", resets: 2);
        await using var host = await SidecarHost.StartAsync([new SidecarOptions { AppId = "app", AppPort = app.Port, ResourcesPaths = [files.Path] }], cancellationToken: Cancel);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Instances[0].HttpPort}") };

        (await client.PostAsJsonAsync(new Uri("/v1.0/publish/pubsub/t", UriKind.Relative), 1, Cancel)).EnsureSuccessStatusCode();

        Assert.Equal("/in", await app.NextAsync());
        Assert.Equal(3, app.SubscribeCalls);
    }

    [Fact]
    public async Task StartAsync_ADeclaredRuleThatIsNoCel_NamesTheFileAndShowsWhere()
    {
        using var files = new PubSubFiles(("bad.yaml", Declared.Replace("default: /declared", "rules:\n    - match: event.type ==\n      path: /x", StringComparison.Ordinal)));

        var error = await Assert.ThrowsAsync<StartException>(() => SidecarHost.StartAsync([new SidecarOptions { AppId = "app", ResourcesPaths = [files.Path] }], cancellationToken: Cancel));

        Assert.Contains("bad.yaml: subscription both: ERROR: <input>:1:14: Syntax error", error.Message, StringComparison.Ordinal);
    }

    /// <summary>An app that tells which of its paths were called.</summary>
    private sealed class App(WebApplication web, Channel<string> called) : IAsyncDisposable
    {
        private int _subscribeCalls;

        public int Port { get; private set; }

        public int SubscribeCalls => Volatile.Read(ref _subscribeCalls);

        public static async Task<App> StartAsync(string subscriptions, int status = 200, int resets = 0)
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
            var app = new App(builder.Build(), Channel.CreateUnbounded<string>());
            app.Run(subscriptions, status, resets);
            await app.BeginAsync();
            return app;
        }

        public ValueTask<string> NextAsync() => called.Reader.ReadAsync(Cancel);

        public async ValueTask DisposeAsync()
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await web.StopAsync(now.Token);
            await web.DisposeAsync();
        }

        private async Task BeginAsync()
        {
            await web.StartAsync(Cancel);
            var address = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            Port = BindingAddress.Parse(address).Port;
        }

        private void Run(string subscriptions, int status, int resets) => web.Run(async context =>
        {
            if (context.Request.Path == "/dapr/subscribe")
            {
                if (Interlocked.Increment(ref _subscribeCalls) <= resets)
                {
                    context.Abort();
                    return;
                }

                context.Response.StatusCode = status;
                await context.Response.WriteAsync(subscriptions, context.RequestAborted);
            }
            else if (!context.Request.Path.StartsWithSegments("/dapr", StringComparison.Ordinal))
            {
                called.Writer.TryWrite(context.Request.Path);
            }
        });
    }
}
