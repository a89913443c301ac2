using System.Net;
using System.Text.Json;
using LlmDapr.Contracts.Hop;
using LlmDapr.Edge.Tests.Hosting;

namespace LlmDapr.Edge.Tests.Models;

public sealed class ModelTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task List_Models_IsOpenAIsList()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        Assert.Equal(
            """{"object":"list","data":[{"id":"m","object":"model","created":7,"owned_by":"us"},{"id":"org/name","object":"model","created":8,"owned_by":"them"}]}""",
            await edge.Client.GetStringAsync("/v1/models", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/v1/models/m", "m")]
    [InlineData("/v1/models/org/name", "org/name")]
    [InlineData("/v1/models/org%2Fname", "org/name")]
    [InlineData("/v1/models/org%2fname", "org/name")]
    [InlineData("/v1/models/free/any", "free/any")]
    [InlineData("/v1/models/free%2Fa%20b", "free/a b")]
    public async Task Get_Name_IsTheModel(string path, string id)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var json = JsonDocument.Parse(await edge.Client.GetStringAsync(path, TestContext.Current.CancellationToken));

        Assert.Equal((id, "model"), (json.RootElement.GetProperty("id").GetString(), json.RootElement.GetProperty("object").GetString()));
    }

    [Fact]
    public async Task Any_BeforeGenerationHasAnswered_Is503()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Models = context => ScriptedSidecar.DaprErrorAsync(context, "not there");
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        foreach (var path in new[] { "/v1/models", "/v1/models/m" })
        {
            using var response = await edge.SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
            Assert.Equal((503, "service_unavailable"), (await EdgeHost.ErrorAsync(response)) is var error ? (error.Status, error.Type) : default);
            Assert.Equal("1", response.Headers.GetValues("retry-after").Single());
        }

        // A call is generation's to judge.
        using var chat = await edge.ChatAsync();
        Assert.Equal(HttpStatusCode.OK, chat.StatusCode);
    }

    [Fact]
    public async Task Table_EveryTenSeconds_IsReadAgain()
    {
        var time = new WatchedTime();
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, time: time);

        for (var read = 1; read <= 3; read++)
        {
            await time.TimersAsync(TimeSpan.FromSeconds(10), read);
            Assert.Equal(read, sidecar.ModelReads);
            time.Advance(TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public async Task UnknownName_NewAtGeneration_IsFoundAtOnce()
    {
        var time = new WatchedTime();
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, time: time);
        await time.TimersAsync(TimeSpan.FromSeconds(10));
        sidecar.Models = context => ScriptedSidecar.TableAsync(context, new ModelTable([new("new", 1, "us", "p/new", null)], [], null));
        time.Advance(Second);

        using var response = await edge.ChatAsync("""{"model":"new","messages":[{}]}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, sidecar.ModelReads);
    }

    [Fact]
    public async Task UnknownNames_AFlood_AskGenerationOnceASecond()
    {
        var time = new WatchedTime();
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, time: time);
        await time.TimersAsync(TimeSpan.FromSeconds(10));

        for (var second = 1; second <= 3; second++)
        {
            time.Advance(Second);
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => edge.ChatAsync($$"""{"model":"unknown-{{i}}","messages":[{}]}""")));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode));
            Assert.Equal(1 + second, sidecar.ModelReads);
        }

        Assert.Empty(sidecar.Calls);
    }

    // The caller whose unknown name started the refresh leaves; the others must not be told from an old table that a model does not exist.
    [Fact]
    public async Task UnknownName_WhoeverAskedFirstLeaves_TheNextStillAsks()
    {
        var time = new WatchedTime();
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, time: time);
        await time.TimersAsync(TimeSpan.FromSeconds(10));
        var asked = new TaskCompletionSource();
        sidecar.Models = context =>
        {
            asked.TrySetResult();
            return ScriptedSidecar.NeverEndAsync(context);
        };
        time.Advance(Second);
        using var leaving = new CancellationTokenSource();

        var first = edge.Client.SendAsync(EdgeHost.Request("""{"model":"new","messages":[{}]}"""), leaving.Token);
        await asked.Task;
        var second = edge.ChatAsync("""{"model":"new","messages":[{}]}""");
        await Soon.UntilAsync(() => edge.InFlight == 2);
        sidecar.Models = context => ScriptedSidecar.TableAsync(context, new ModelTable([new("new", 1, "us", "p/new", null)], [], null));
        await leaving.CancelAsync();

        using var response = await second;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await edge.IdleAsync();
    }

    [Fact]
    public async Task Table_GenerationAway_IsKept()
    {
        var time = new WatchedTime();
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, time: time);
        await time.TimersAsync(TimeSpan.FromSeconds(10));
        sidecar.Models = context => ScriptedSidecar.DaprErrorAsync(context, "away");
        time.Advance(TimeSpan.FromSeconds(10));
        await Soon.UntilAsync(() => sidecar.ModelReads == 2);

        using var response = await edge.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/v1/models/m"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
