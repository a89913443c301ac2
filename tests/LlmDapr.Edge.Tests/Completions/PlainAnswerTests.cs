using System.Net;
using LlmDapr.Contracts.Hop;
using LlmDapr.Edge.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Edge.Tests.Completions;

public sealed class PlainAnswerTests
{
    [Fact]
    public async Task Answer_Bytes_AreTheSame()
    {
        const string Odd = " {\"id\":\"a\" ,\"x\":1.0e0,\"y\":\"\\u00e9é😀\",\"z\":\"\n\"} ";
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.PlainAsync(context, Odd);
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync();

        Assert.Equal(Odd, await EdgeHost.TextAsync(response));
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(Odd), response.Content.Headers.ContentLength);
        Assert.Equal("p/m", response.Headers.GetValues("x-llmdapr-target").Single());
        await edge.IdleAsync();
    }

    [Theory]
    [InlineData("/v1/chat/completions", EdgeHost.Chat, HopRoutes.ChatCompletions)]
    [InlineData("/v1/embeddings", """{"model":"m","input":"x"}""", HopRoutes.Embeddings)]
    public async Task Request_Kind_HasItsPathOfTheHop(string path, string body, string hop)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.SendAsync(EdgeHost.Request(body, path));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(hop, sidecar.Calls.Single().Path);
    }

    [Fact]
    public async Task Answer_ProvidersError_HasItsStatusBodyAndHeaders()
    {
        const string Error = """{"error":{"message":"slow down","type":"tokens","param":null,"code":"rate_limit_exceeded"}}""";
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.PlainAsync(context, Error, 429, null, ["retry-after", "7"], ["x-ratelimit-reset-tokens", "6m0s"]);
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync();

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(Error, await EdgeHost.TextAsync(response));
        Assert.Equal(("7", "6m0s"), (response.Headers.GetValues("retry-after").Single(), response.Headers.GetValues("x-ratelimit-reset-tokens").Single()));
    }

    [Theory]
    [InlineData("p/模型")]
    [InlineData("p/a\r\nset-cookie: x")]
    public async Task Answer_TargetThatNoHeaderCanCarry_IsStillAnAnswer(string target)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.WriteAsync(context, $"\n{ScriptedSidecar.Head(new HopHead(200, [["content-type", "application/json"]], 2, "m", target, 1))}\n{{}}");
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync();

        Assert.Equal("{}", await EdgeHost.TextAsync(response));
        Assert.Equal(target, Uri.UnescapeDataString(response.Headers.GetValues("x-llmdapr-target").Single()));
        Assert.False(response.Headers.Contains("set-cookie"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Answer_OfAnotherLength_Is502(int more)
    {
        const string Body = """{"id":"a","choices":[]}""";
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.PlainAsync(context, Body, length: Body.Length - more);
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync();

        Assert.Equal((502, "upstream_error", "upstream_error"), (await EdgeHost.ErrorAsync(response)) is var error ? (error.Status, error.Type, error.Code) : default);
        await edge.IdleAsync();
    }

    [Fact]
    public async Task Answer_ThatBreaksOff_Is502()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = async context =>
        {
            await ScriptedSidecar.PlainAsync(context, "{\"id\":", length: 100);
            ScriptedSidecar.Break();
        };
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync();

        Assert.Equal(502, (await EdgeHost.ErrorAsync(response)).Status);
    }

    [Fact]
    public async Task Answer_OverTheLimit_Is502()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.PlainAsync(context, new string('x', 2000));
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, ["--Forwarding:MaxAnswerBytes=1024"]);

        using var response = await edge.ChatAsync();

        Assert.Contains("Forwarding:MaxAnswerBytes", (await EdgeHost.ErrorAsync(response)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Headless => ["", "\n", "\n\n\n", "\nrubbish\n", "\n{\"status\":200", "<html></html>", "\n{\"status\":200,\"headers\":[[\"x\"]]}\n"];

    [Theory]
    [MemberData(nameof(Headless))]
    public async Task Hop_WithoutHead_Is503(string bytes)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.WriteAsync(context, bytes);
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync();

        await AssertUnavailableAsync(response);
        await edge.IdleAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hop_ThatBreaksBeforeTheHead_Is503(bool taken)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = async context =>
        {
            if (taken)
            {
                await ScriptedSidecar.WriteAsync(context, "\n");
            }

            context.Abort();
        };
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync();

        await AssertUnavailableAsync(response);
    }

    [Theory]
    [InlineData(500, "application/json", """{"errorCode":"ERR_DIRECT_INVOKE","message":"fail to dial"}""")]
    [InlineData(401, "text/plain", "")]
    [InlineData(404, "application/json", "{}")]
    [InlineData(200, "application/json", "{\"id\":\"not the hop's framing\"}")]
    public async Task Hop_ThatIsRefused_Is503(int status, string contentType, string body)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = contentType;
            return context.Response.WriteAsync(body, context.RequestAborted);
        };
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync();

        await AssertUnavailableAsync(response);
    }

    [Fact]
    public async Task Sidecar_NotThere_Is503()
    {
        var sidecar = await ScriptedSidecar.StartAsync();
        await sidecar.DisposeAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync();

        await AssertUnavailableAsync(response);
        await edge.IdleAsync();
    }

    [Fact]
    public async Task Deadline_PlusTwoSecondsOver_Is504()
    {
        var time = new WatchedTime();
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = async context =>
        {
            await ScriptedSidecar.WriteAsync(context, "\n");
            await ScriptedSidecar.NeverEndAsync(context);
        };
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, time: time);

        var asking = edge.ChatAsync(headers: ("x-llmdapr-deadline-ms", "5000"));
        await sidecar.ArrivedAsync();
        time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(sidecar.CallerLeft.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        using var response = await asking;

        Assert.Equal((504, "timeout", "There was no answer within 5 s."), (await EdgeHost.ErrorAsync(response)) is var error ? (error.Status, error.Type, error.Message) : default);
        await sidecar.CallerLeft;
        await edge.IdleAsync();
    }

    [Fact]
    public async Task Caller_Leaving_CancelsTheHop()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = ScriptedSidecar.NeverEndAsync;
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);
        using var leaving = new CancellationTokenSource();

        var asking = edge.Client.SendAsync(EdgeHost.Request(EdgeHost.Chat), leaving.Token);
        await sidecar.ArrivedAsync();
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await sidecar.CallerLeft;
        await edge.IdleAsync();
        Assert.DoesNotContain(edge.Logs.GetSnapshot(), log => log.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task Logs_OfAnyOutcome_HaveNoPromptAndNoKey()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, ["--Logging:LogLevel:Default=Information"]);
        foreach (var call in new Func<HttpContext, Task>[]
        {
            context => ScriptedSidecar.PlainAsync(context, "{\"x\":\"PROMPT-TEXT\"}"),
            context => ScriptedSidecar.PlainAsync(context, "PROMPT-TEXT", length: 500),
            context => ScriptedSidecar.DaprErrorAsync(context, "fail"),
            context => ScriptedSidecar.WriteAsync(context, "\nPROMPT-TEXT\n"),
        })
        {
            sidecar.Call = call;
            using var response = await edge.ChatAsync(headers: ("Authorization", "Bearer sk-caller"));
            await EdgeHost.TextAsync(response);
        }

        using var wrong = await edge.ChatAsync("{\"model\":\"m\",\"messages\":[\"PROMPT-TEXT\"]}", ("Authorization", "Bearer sk-caller"));
        var logs = edge.Logs.GetSnapshot().Select(log => $"{log.Message} {log.Exception} {string.Join(' ', log.StructuredState?.Select(pair => pair.Value) ?? [])}").ToList();
        Assert.NotEmpty(logs);
        Assert.DoesNotContain(logs, log => log.Contains("PROMPT-TEXT", StringComparison.Ordinal) || log.Contains("sk-caller", StringComparison.Ordinal));
    }

    private static async Task AssertUnavailableAsync(HttpResponseMessage response)
    {
        Assert.Equal((503, "service_unavailable", "service_unavailable"), (await EdgeHost.ErrorAsync(response)) is var error ? (error.Status, error.Type, error.Code) : default);
        Assert.Equal("1", response.Headers.GetValues("retry-after").Single());
    }
}
