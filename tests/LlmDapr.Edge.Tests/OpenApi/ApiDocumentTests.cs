using System.Text.Json;
using LlmDapr.Edge.Tests.Hosting;

namespace LlmDapr.Edge.Tests.OpenApi;

public sealed class ApiDocumentTests
{
    [Fact]
    public async Task Document_Names_EveryRouteOfTheApi()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var json = JsonDocument.Parse(await edge.Client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
        var paths = json.RootElement.GetProperty("paths");

        Assert.Equal("LlmDapr", json.RootElement.GetProperty("info").GetProperty("title").GetString());
        foreach (var (path, method, operation) in new[]
        {
            ("/v1/chat/completions", "post", "createChatCompletion"),
            ("/v1/embeddings", "post", "createEmbedding"),
            ("/v1/models", "get", "listModels"),
            ("/v1/models/{model}", "get", "retrieveModel"),
        })
        {
            var described = paths.GetProperty(path).GetProperty(method);
            Assert.Equal(operation, described.GetProperty("operationId").GetString());
            Assert.True(described.GetProperty("responses").TryGetProperty("503", out _));
        }

        Assert.Contains("messages", json.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("ChatCompletionRequest").GetRawText(), StringComparison.Ordinal);
    }
}
