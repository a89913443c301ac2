using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>Another Dapr app invokes edge: here the simulator's sidecar plays the caller's.</summary>
public sealed class DaprCallerTests(SharedSystem shared)
{
    private readonly RunningSystem _system = shared.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invocation_OfEdge_AnswersLikeTheApi(bool stream)
    {
        using var http = Sidecar();
        const string Model = "sim?words=15&seed=41";
        var path = new Uri($"/v1.0/invoke/{AppIds.Edge}/method/v1/chat/completions", UriKind.Relative);
        using var request = Chat.Request(Chat.Body(Model, "From Dapr", stream), path);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);

        Assert.Equal(200, (int)response.StatusCode);
        var text = stream
            ? Chat.TextOf(await Chat.EventsAsync(response, Ct))
            : (await Chat.JsonAsync(response, Ct))["choices"]![0]!["message"]!["content"]!.GetValue<string>();
        Assert.Equal(Chat.Expected(Model, "From Dapr"), text);
    }

    [Fact]
    public async Task Invocation_WithTheHeaderForm_KeepsErrorsWhole()
    {
        using var http = Sidecar();
        using var request = Chat.Request("{}");
        request.Headers.Add("dapr-app-id", AppIds.Edge);
        using var response = await http.SendAsync(request, Ct);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("model", (await Chat.JsonAsync(response, Ct))["error"]!["param"]!.GetValue<string>());
    }

    private HttpClient Sidecar() => RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{_system.Report.App(AppIds.Simulator).DaprHttpPort}"));
}
