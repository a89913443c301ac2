using LlmDapr.Edge.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Edge.Tests.Completions;

public sealed class StreamAnswerTests
{
    private const string Chat = """{"model":"m","messages":[{}],"stream":true}""";
    private const string Word = "data: {\"choices\":[{\"x\":1.0e0}]}\n\n";
    private const string Done = "data: [DONE]\n\n";
    private const string LastChunk = "\r\n0\r\n\r\n";

    [Fact]
    public async Task Stream_WithDone_EndsCleanly()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.StreamAsync(context, Word + Word + Done);
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync(Chat);

        Assert.Equal(Word + Word + Done, await EdgeHost.TextAsync(response));
        Assert.Equal(("text/event-stream", "no-cache"), (response.Content.Headers.ContentType?.MediaType, response.Headers.CacheControl?.ToString()));
        await edge.IdleAsync();
    }

    [Fact]
    public async Task Stream_FirstEvent_ArrivesBeforeTheRest()
    {
        var goOn = new TaskCompletionSource();
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = async context =>
        {
            await ScriptedSidecar.StreamAsync(context, Word);
            await goOn.Task;
            await ScriptedSidecar.WriteAsync(context, Done);
        };
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync(Chat);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Word.TrimEnd(), await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        goOn.SetResult();

        Assert.Equal("\n" + Done, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    public static TheoryData<string, string> Cuts => new()
    {
        { Word, Word },
        { Word + "data: {\"choi", Word },
        { Word + "data: {\"choices\":[]}\n", Word },
        { Word + "data: [DONE]", Word },
        { Word + "data: [DONE]\n", Word },
        { "", "" },
    };

    // The same whether the hop ends with or without its own last chunk: daprd hides a cut behind a clean end.
    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Stream_Cut_GivesWholeEventsOneErrorAndNoLastChunk(string sent, string passed)
    {
        foreach (var clean in new[] { true, false })
        {
            await using var sidecar = await ScriptedSidecar.StartAsync();
            sidecar.Call = async context =>
            {
                await ScriptedSidecar.StreamAsync(context, sent);
                if (!clean)
                {
                    ScriptedSidecar.Break();
                }
            };
            await using var edge = await EdgeHost.StartAsync(sidecar.Port);

            using var raw = await RawHttp.ChatAsync(edge, Chat);
            var answer = await raw.ToEndAsync();

            Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("Transfer-Encoding: chunked", answer, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(LastChunk, answer, StringComparison.Ordinal);
            var error = answer.IndexOf("data: {\"error\":{", StringComparison.Ordinal);
            Assert.True(error > 0, answer);
            Assert.Equal(error, answer.LastIndexOf("data: {\"error\":{", StringComparison.Ordinal));
            Assert.EndsWith("\n\n\r\n", answer, StringComparison.Ordinal);
            Assert.Equal(passed.Length > 0, answer[..error].Contains("data: {\"choices\":[{\"x\":1.0e0}]}\n\n", StringComparison.Ordinal));
            Assert.DoesNotContain("data: {\"choi\"", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("[DONE]", answer, StringComparison.Ordinal);
            await edge.IdleAsync();
        }
    }

    [Fact]
    public async Task Stream_ErrorEventOfGeneration_IsNotDoubled()
    {
        const string Error = "data: {\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":null,\"code\":null}}\n\n";
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.StreamAsync(context, Word + Error);
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var raw = await RawHttp.ChatAsync(edge, Chat);
        var answer = await raw.ToEndAsync();

        Assert.Single(System.Text.RegularExpressions.Regex.Matches(answer, "\"error\""));
        Assert.Contains(Error, answer, StringComparison.Ordinal);
        Assert.DoesNotContain(LastChunk, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_EventWithAnEmptyErrorThenCut_StillTellsTheCaller()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.StreamAsync(context, "data: {\"error\":null,\"choices\":[]}\n\n");
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var raw = await RawHttp.ChatAsync(edge, Chat);

        Assert.Contains("data: {\"error\":{\"message\":", await raw.ToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_WithDone_HasItsLastChunk()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.StreamAsync(context, Word + Done);
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var raw = await RawHttp.OpenAsync(edge, $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {Chat.Length}", Chat);

        Assert.EndsWith(LastChunk, await raw.ToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_Silent_GetsAComment()
    {
        var time = new WatchedTime();
        var goOn = new TaskCompletionSource();
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = async context =>
        {
            await ScriptedSidecar.StreamAsync(context, Word);
            await goOn.Task;
            await ScriptedSidecar.WriteAsync(context, Done);
        };
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, ["--Forwarding:Deadline=02:00:00"], time);

        using var response = await edge.ChatAsync(Chat);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Word.TrimEnd(), await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        await reader.ReadLineAsync(TestContext.Current.CancellationToken);

        // The clock moves only once the relay waits for what comes after the word.
        for (string? line = null; line != ": keep-alive";)
        {
            var next = reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
            while (!next.IsCompleted)
            {
                time.Advance(TimeSpan.FromSeconds(15));
                await Task.WhenAny(next, Task.Delay(20, TestContext.Current.CancellationToken));
            }

            line = await next;
        }

        goOn.SetResult();
        Assert.EndsWith(Done, await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_OverItsDeadline_EndsInATimeoutEvent()
    {
        var time = new WatchedTime();
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = async context =>
        {
            await ScriptedSidecar.StreamAsync(context, Word);
            await ScriptedSidecar.NeverEndAsync(context);
        };
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, time: time);

        using var response = await edge.SendAsync(EdgeHost.Request(Chat, headers: ("x-llmdapr-deadline-ms", "1000")));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(3));

        var error = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("data: {\"error\":{", error, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"timeout\"", error, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        await sidecar.CallerLeft;
        await edge.IdleAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Caller_LeavingAStream_CancelsTheHop(bool flooded)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = async context =>
        {
            await ScriptedSidecar.StreamAsync(context, Word);
            while (flooded)
            {
                await ScriptedSidecar.WriteAsync(context, $"data: {new string('x', 32_000)}\n\n");
            }

            await ScriptedSidecar.NeverEndAsync(context);
        };
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using (await edge.ChatAsync(Chat))
        {
            await sidecar.ArrivedAsync();
        }

        await sidecar.CallerLeft;
        await edge.IdleAsync();
        Assert.DoesNotContain(edge.Logs.GetSnapshot(), log => log.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }
}
