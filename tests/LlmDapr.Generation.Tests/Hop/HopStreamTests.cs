using System.Text;
using LlmDapr.Generation.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Generation.Tests.Hop;

public sealed class HopStreamTests
{
    private const string UsageAsked = ",\"stream_options\":{\"include_usage\":true}";

    [Fact]
    public async Task Stream_Bytes_AreTheSameBothWays()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.SayAsync(context, Chunks.Role, Chunks.Word, Chunks.Stop, Chunks.Usage, Chunks.Done);
        await using var generation = await GenerationHost.StartAsync(provider.Address);
        var body = Chunks.Chat(stream: true, more: UsageAsked + ",\"x\":1.0e0");

        using var hop = await generation.ChatAsync(body);
        var (head, rest) = await hop.ReadAsync();

        Assert.Equal((200, null, "p/m"), (head.Status, head.Length, head.Target));
        Assert.Contains(head.Headers, header => header is ["content-type", "text/event-stream"]);
        Assert.Equal(Events(Chunks.Role, Chunks.Word, Chunks.Stop, Chunks.Usage, Chunks.Done), rest);
        Assert.Equal(body, provider.Requests.Single().Text);
        Assert.Equal("text/event-stream", provider.Requests.Single().Headers["Accept"]);
    }

    [Fact]
    public async Task Stream_UsageNotAskedFor_IsAskedForAndTakenOut()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.SayAsync(context, Chunks.Word, Chunks.Stop, Chunks.Usage, Chunks.Done);
        await using var generation = await GenerationHost.StartAsync(provider.Address);
        var body = Chunks.Chat(stream: true);

        using var hop = await generation.ChatAsync(body);
        var (_, rest) = await hop.ReadAsync();

        Assert.Equal(Events(Chunks.Word, Chunks.Stop, Chunks.Done), rest);
        Assert.Equal("{\"stream_options\":{\"include_usage\":true}," + body[1..], provider.Requests.Single().Text);
    }

    [Fact]
    public async Task Stream_UsageThatEdgeWants_IsLeftIn()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.SayAsync(context, Chunks.Word, Chunks.Stop, Chunks.Usage, Chunks.Done);
        await using var generation = await GenerationHost.StartAsync(provider.Address);
        var body = Chunks.Chat(stream: true);

        using var hop = await generation.ChatAsync(body, ("x-llmdapr-usage", "include"));
        var (_, rest) = await hop.ReadAsync();

        Assert.Equal(Events(Chunks.Word, Chunks.Stop, Chunks.Usage, Chunks.Done), rest);
        Assert.Equal("{\"stream_options\":{\"include_usage\":true}," + body[1..], provider.Requests.Single().Text);
    }

    [Fact]
    public async Task Stream_ProviderWithoutStreamUsage_IsNotAskedForIt()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.SayAsync(context, Chunks.Word, Chunks.Stop, Chunks.Usage, Chunks.Done);
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--Providers:p:StreamUsage=false"]);
        var body = Chunks.Chat(stream: true);

        using var hop = await generation.ChatAsync(body);
        var (_, rest) = await hop.ReadAsync();

        Assert.Equal(body, provider.Requests.Single().Text);
        Assert.Equal(Events(Chunks.Word, Chunks.Stop, Chunks.Usage, Chunks.Done), rest);
    }

    [Fact]
    public async Task Stream_FirstChunk_ArrivesWhileTheProviderIsStillTalking()
    {
        var goOn = new TaskCompletionSource();
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            await ScriptedProvider.SayAsync(context, Chunks.Role, Chunks.Word);
            await goOn.Task;
            await ScriptedProvider.SayAsync(context, Chunks.Stop, Chunks.Done);
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat(stream: true));
        await hop.HeadAsync();
        Assert.Equal($"data: {Chunks.Role}", await hop.EventAsync());
        Assert.Equal($"data: {Chunks.Word}", await hop.EventAsync());
        goOn.SetResult();

        Assert.Equal(Events(Chunks.Stop, Chunks.Done), Encoding.UTF8.GetString(await hop.RestAsync()));
    }

    // The role alone commits to nothing: a provider that breaks after it still gets its own status.
    [Fact]
    public async Task Stream_BreaksAfterTheRole_Is502()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            await ScriptedProvider.SayAsync(context, Chunks.Role);
            context.Abort();
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat(stream: true));

        Assert.Equal((502, "upstream_error"), (await hop.ErrorAsync()) is var error ? (error.Status, error.Type) : default);
    }

    [Fact]
    public async Task Stream_ErrorBeforeContent_Is502WithItsWords()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.SayAsync(context, Chunks.Role, """{"error":{"message":"no capacity","type":"server_error","code":"overloaded"}}""");
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat(stream: true));

        Assert.Equal((502, "server_error", "overloaded", null, "no capacity"), await hop.ErrorAsync());
    }

    [Fact]
    public async Task Stream_NoEventStream_Is502()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat(stream: true));

        Assert.Contains("application/json", (await hop.ErrorAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_Cut_EndsInAnErrorEventWithoutDone()
    {
        var cut = new TaskCompletionSource();
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            await ScriptedProvider.SayAsync(context, Chunks.Word);
            await cut.Task;
            context.Abort();
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat(stream: true));
        await hop.HeadAsync();
        Assert.Equal($"data: {Chunks.Word}", await hop.EventAsync());
        cut.SetResult();
        var rest = Encoding.UTF8.GetString(await hop.RestAsync());

        Assert.StartsWith("data: {\"error\":{\"message\":\"The provider broke the stream", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", rest, StringComparison.Ordinal);
        Assert.Single(rest.Split("\n\n", StringSplitOptions.RemoveEmptyEntries));
        await generation.IdleAsync();
    }

    [Theory]
    [InlineData("""{"error":{"message":"broke sk-operator-key","type":"server_error"}}""")]
    [InlineData("{\"choices\":[{\"ind")]
    [InlineData("[DONE]")]
    public async Task Stream_Fault_IsOneErrorEventAndTheCallEnds(string fault)
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            await ScriptedProvider.SayAsync(context, Chunks.Word, fault);
            await ScriptedProvider.NeverEndAsync(context);
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--KEY_OF_P=sk-operator-key", "--Providers:p:ApiKeyEnv=KEY_OF_P"]);

        using var hop = await generation.ChatAsync(Chunks.Chat(stream: true));
        var (_, rest) = await hop.ReadAsync();

        var events = rest.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, events.Length);
        Assert.StartsWith("data: {\"error\":{", events[1], StringComparison.Ordinal);
        Assert.Contains("\"param\":null", events[1], StringComparison.Ordinal);
        Assert.DoesNotContain("sk-operator-key", rest, StringComparison.Ordinal);
        await generation.IdleAsync();
        await provider.CallerLeft;
    }

    [Fact]
    public async Task Stream_EndsWithoutDone_GetsOne()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.SayAsync(context, Chunks.Word, Chunks.Stop);
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat(stream: true));

        Assert.Equal(Events(Chunks.Word, Chunks.Stop, Chunks.Done), (await hop.ReadAsync()).Body);
    }

    [Fact]
    public async Task Stream_FallsSilentAfterItsFinish_IsDoneAfterTwoSeconds()
    {
        var time = new WatchedTime();
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            await ScriptedProvider.SayAsync(context, Chunks.Word, Chunks.Stop);
            await ScriptedProvider.NeverEndAsync(context);
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address, time: time);

        using var hop = await generation.ChatAsync(Chunks.Chat(stream: true));
        await hop.HeadAsync();
        Assert.Equal($"data: {Chunks.Word}", await hop.EventAsync());
        Assert.Equal($"data: {Chunks.Stop}", await hop.EventAsync());
        await time.TimersAsync(TimeSpan.FromSeconds(2));
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(Events(Chunks.Done), Encoding.UTF8.GetString(await hop.RestAsync()));
        await provider.CallerLeft;
    }

    [Fact]
    public async Task Stream_NGreaterThanOne_IsCompleteWhenAllHaveFinished()
    {
        static string Chunk(int index, string? finish = null) => $$"""{"choices":[{"index":{{index}},"delta":{"content":"x"},"finish_reason":{{(finish is null ? "null" : $"\"{finish}\"")}}}]}""";
        string[] chunks = [Chunk(0), Chunk(1), Chunk(0, "stop"), Chunk(1, "length")];
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.SayAsync(context, chunks);
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat(stream: true, more: ",\"n\":2.0"));

        Assert.Equal(Events([.. chunks, Chunks.Done]), (await hop.ReadAsync()).Body);
    }

    [Fact]
    public async Task Stream_ManyInARow_UseOneConnection()
    {
        var end = new SemaphoreSlim(0);
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            await ScriptedProvider.SayAsync(context, Chunks.Word, Chunks.Stop, Chunks.Done);
            await end.WaitAsync(context.RequestAborted);
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        for (var i = 0; i < 3; i++)
        {
            using var hop = await generation.ChatAsync(Chunks.Chat(stream: true));
            await hop.HeadAsync();
            while (await hop.EventAsync() != "data: [DONE]")
            {
            }

            // The body's end comes in a piece of its own, after [DONE].
            end.Release();
            Assert.Empty(await hop.RestAsync());
        }

        Assert.Single(provider.Requests.Select(request => request.Connection).Distinct());
    }

    private static string Events(params string[] data) => string.Concat(data.Select(text => $"data: {text}\n\n"));
}
