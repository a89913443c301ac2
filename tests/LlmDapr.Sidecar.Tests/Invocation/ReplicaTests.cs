using System.Globalization;
using System.Net;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Tests.InProcess;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Sidecar.Tests.Invocation;

/// <summary>Several sidecars of one app-id in a process: replicas of an app.</summary>
public sealed class ReplicaTests : IAsyncLifetime
{
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };
    private readonly List<TestApp> _apps = [];
    private SidecarHost _host = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            _apps.Add(await TestApp.StartAsync(context => context.Response.WriteAsync(number, context.RequestAborted), Cancel));
        }

        _host = await SidecarHost.StartAsync(
            [new SidecarOptions { AppId = "caller" }, .. _apps.Select(app => new SidecarOptions { AppId = "callee", AppPort = app.Port })],
            cancellationToken: Cancel);
        _client = new HttpClient(_handler) { BaseAddress = new Uri($"http://127.0.0.1:{_host.Instances[0].HttpPort}"), Timeout = Timeout.InfiniteTimeSpan };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _handler.Dispose();
        await _host.DisposeAsync();
        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }
    }

    [Fact]
    public async Task Invoke_AppWithReplicas_AsksThemInTurn()
    {
        var answers = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            answers.Add(await InvokeAsync());
        }

        Assert.Equal(["0", "1", "2"], answers.Take(3).Order());
        Assert.Equal(answers.Take(3), answers.Skip(3));
    }

    [Fact]
    public async Task Invoke_AtOnce_SharesEvenly()
    {
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => InvokeAsync()));

        Assert.All(_apps, app => Assert.Equal(20, app.Requests));
    }

    [Fact]
    public async Task Invoke_AReplicaShutsDown_GoesToTheOthersAtOnce()
    {
        _host.Instances[2].BeginShutdown();
        for (var i = 0; i < 10; i++)
        {
            Assert.NotEqual("1", await InvokeAsync());
        }

        Assert.Equal([5, 0, 5], _apps.Select(app => app.Requests));
    }

    [Fact]
    public async Task Invoke_EveryReplicaHasEnded_IsUnavailable()
    {
        foreach (var replica in _host.Instances.Skip(1))
        {
            replica.BeginShutdown();
        }

        // A chunked request is not repeated, so the test need not wait for Dapr's own retries.
        using var request = new HttpRequestMessage(HttpMethod.Post, SidecarPair.Method("x")) { Content = new StringContent("x") };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await _client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("code = Unavailable", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.All(_apps, app => Assert.Equal(0, app.Requests));
    }

    [Fact]
    public async Task Invoke_FromAReplicaItsOwnId_AsksItsOwnApp()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("2", await _client.GetStringAsync($"http://127.0.0.1:{_host.Instances[3].HttpPort}{SidecarPair.Method("x")}", Cancel));
        }
    }

    private Task<string> InvokeAsync() => _client.GetStringAsync(SidecarPair.Method("x"), Cancel);
}
