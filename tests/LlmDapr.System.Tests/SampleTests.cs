using System.Net;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>The sample apps beside the system, as <c>dapr.samples.yaml</c> starts them.</summary>
public sealed class SampleTests
{
    private static readonly Uri Ask = new("/ask", UriKind.Relative);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Samples_ServiceCaller_GetsPlainAndStreamedAnswersThroughDapr()
    {
        const string Model = "sim?words=30&tps=200&seed=95";
        await using var system = await RunningSystem.StartAsync(new RunningSystemOptions { RunFile = "dapr.samples.yaml" }, Ct);
        using var http = RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{system.Report.App("service-caller").AppPort}"));

        using var plain = await http.SendAsync(Chat.Request(Chat.Body(Model, "From a sample", stream: false), Ask), Ct);
        Assert.Equal(Chat.Expected(Model, "From a sample"), (await Chat.JsonAsync(plain, Ct))["choices"]![0]!["message"]!["content"]!.GetValue<string>());

        using var streamed = await http.SendAsync(Chat.Request(Chat.Body(Model, "From a sample", stream: true), Ask), HttpCompletionOption.ResponseHeadersRead, Ct);
        var events = await Chat.EventsAsync(streamed, Ct);
        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal(Chat.Expected(Model, "From a sample"), Chat.TextOf(events));

        using var refused = await http.SendAsync(Chat.Request("{}", Ask), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("model", (await Chat.JsonAsync(refused, Ct))["error"]!["param"]!.GetValue<string>());
        await system.BecomesIdleAsync(Ct);
    }
}
