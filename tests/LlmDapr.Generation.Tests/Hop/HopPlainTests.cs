using System.Text;
using LlmDapr.Generation.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Generation.Tests.Hop;

public sealed class HopPlainTests
{
    private const string Odd = """ {"id":"a" ,"choices":[{"index":0,"message":{"content":"h\u00e9 模 😀"}}],"created":1.0e0,"x_unknown":[{ }]} """;

    [Fact]
    public async Task Chat_Bytes_AreTheSameBothWays()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.AnswerAsync(context, Odd);
        await using var generation = await GenerationHost.StartAsync(provider.Address);
        const string Body = """ {"x_unknown":{"b":1.0e0,"a":[ ]},"model" : "m","messages":[{"role":"user","content":"\u00e9é"}],"seed":12345678901234567890} """;

        using var hop = await generation.ChatAsync(Body);
        var (head, body) = await hop.ReadAsync();

        Assert.Equal(Odd, body);
        Assert.Equal((200, "m", "p/m", 1), (head.Status, head.Model, head.Target, head.Attempts));
        var received = Assert.Single(provider.Requests);
        Assert.Equal("POST /v1/chat/completions", received.Line);
        Assert.Equal(Body, received.Text);
        Assert.Equal(Encoding.UTF8.GetByteCount(Body).ToString(System.Globalization.CultureInfo.InvariantCulture), received.Headers["Content-Length"]);
        Assert.Equal("application/json", received.Headers["Content-Type"]);
    }

    [Fact]
    public async Task Chat_RenamedModel_ChangesOnlyItsValue()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address);
        const string Body = """{ "x":"renamed", "model" : "renamed" ,"messages":[{}],"n":1.0}""";

        using var hop = await generation.ChatAsync(Body);
        var (head, _) = await hop.ReadAsync();

        Assert.Equal(Body.Replace("\"model\" : \"renamed\"", "\"model\" : \"gpt-real\"", StringComparison.Ordinal), Assert.Single(provider.Requests).Text);
        Assert.Equal(("renamed", "p/gpt-real"), (head.Model, head.Target));
    }

    [Fact]
    public async Task Embeddings_Bytes_AreTheSameBothWays()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.AnswerAsync(context, """{"data":[{"embedding":[0.10,1e-9]}]}""");
        await using var generation = await GenerationHost.StartAsync(provider.Address);
        const string Body = """{"input":["a"],"model":"m","dimensions":8.0}""";

        using var hop = await generation.SendAsync("/hop/embeddings", Encoding.UTF8.GetBytes(Body));
        var (_, body) = await hop.ReadAsync();

        Assert.Equal("""{"data":[{"embedding":[0.10,1e-9]}]}""", body);
        Assert.Equal(("POST /v1/embeddings", Body), (provider.Requests.Single().Line, provider.Requests.Single().Text));
    }

    [Fact]
    public async Task Chat_LargeBodies_GoThrough()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        var large = $$"""{"text":"{{new string('x', 20 << 20)}}"}""";
        provider.Script = context => ScriptedProvider.AnswerAsync(context, large);
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat(more: $",\"x\":\"{new string('y', 12 << 20)}\""));
        var (head, body) = await hop.ReadAsync();

        Assert.Equal(large.Length, head.Length);
        Assert.Equal(large, body);
        Assert.InRange(provider.Requests.Single().Body.Length, 12 << 20, 13 << 20);
    }

    [Fact]
    public async Task Chat_OnlyUsefulHeaders_ReachTheCaller()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context =>
        {
            context.Response.Headers["x-ratelimit-remaining-tokens"] = "149984";
            context.Response.Headers["openai-processing-ms"] = "17";
            context.Response.Headers["x-request-id"] = "req_theirs";
            context.Response.Headers.SetCookie = "a=b";
            return ScriptedProvider.AnswerAsync(context, "{}");
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat());
        var (head, _) = await hop.ReadAsync();

        Assert.Equal(
            ["content-type: application/json", "openai-processing-ms: 17", "x-llmdapr-upstream-request-id: req_theirs", "x-ratelimit-remaining-tokens: 149984"],
            head.Headers.Select(header => $"{header[0]}: {header[1]}").Order());
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"too long","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""")]
    [InlineData(429, """{"error":{"message":"Rate limit reached","type":"tokens","param":null,"code":"rate_limit_exceeded"},"x":1.0}""")]
    [InlineData(500, """{"error":{"message":"oops","type":"server_error","param":null,"code":null}}""")]
    public async Task Chat_ProvidersError_ArrivesAsItIs(int status, string error)
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context =>
        {
            context.Response.Headers.RetryAfter = "7";
            context.Response.Headers["x-ratelimit-limit-requests"] = "60";
            context.Response.Headers["openai-processing-ms"] = "3";
            return ScriptedProvider.AnswerAsync(context, error, status);
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        foreach (var stream in new[] { false, true })
        {
            using var hop = await generation.ChatAsync(Chunks.Chat(stream: stream));
            var (head, body) = await hop.ReadAsync();

            Assert.Equal((status, error, "p/m"), (head.Status, body, head.Target));
            Assert.Contains(head.Headers, header => header is ["retry-after", "7"]);
            Assert.Contains(head.Headers, header => header is ["x-ratelimit-limit-requests", "60"]);
            Assert.Contains(head.Headers, header => header is ["openai-processing-ms", "3"]);
        }
    }

    [Fact]
    public async Task Chat_ProvidersErrorWithTheKey_ArrivesWithoutIt()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.AnswerAsync(context, """{"error":{"message":"Incorrect API key provided: sk-operator-key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""", 401);
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--KEY_OF_P=sk-operator-key", "--Providers:p:ApiKeyEnv=KEY_OF_P"]);

        using var hop = await generation.ChatAsync(Chunks.Chat());
        var error = await hop.ErrorAsync();

        Assert.Equal((401, "invalid_api_key", "Incorrect API key provided: [redacted]"), (error.Status, error.Code, error.Message));
        Assert.Equal("Bearer sk-operator-key", provider.Requests.Single().Headers["Authorization"]);
        Assert.DoesNotContain(generation.Logs.GetSnapshot(), log => log.Message.Contains("sk-operator-key", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<html>hello</html>", "text/html")]
    [InlineData("[]", "application/json")]
    [InlineData("{\"id\":\"a\",\"cho", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("data: {}\n\n", "text/event-stream")]
    public async Task Chat_NoAnswerInA200_Is502(string body, string contentType)
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.AnswerAsync(context, body, 200, contentType);
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat());

        Assert.Equal((502, "upstream_error"), (await hop.ErrorAsync()) is var error ? (error.Status, error.Type) : default);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(302)]
    public async Task Chat_StatusThatIsNoAnswer_Is502(int status)
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat());

        Assert.Equal(502, (await hop.ErrorAsync()).Status);
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task Chat_BodyCutShort_Is502()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("""{"id":"a"}""", context.RequestAborted);
            context.Abort();
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat());

        Assert.Equal((502, "upstream_error"), (await hop.ErrorAsync()) is var error ? (error.Status, error.Code) : default);
    }

    [Fact]
    public async Task Chat_ResetBeforeHeaders_Is502AndCalledOnce()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat());

        Assert.Equal((502, "upstream_error"), (await hop.ErrorAsync()) is var error ? (error.Status, error.Type) : default);
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task Chat_ConnectionRefused_Is502()
    {
        var provider = await ScriptedProvider.StartAsync();
        await provider.DisposeAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat());

        Assert.Equal((502, "provider_unreachable"), (await hop.ErrorAsync()) is var error ? (error.Status, error.Code) : default);
    }

    [Fact]
    public async Task Chat_NoConnectionInTime_Is502()
    {
        using var deaf = new DeafListener();
        await using var generation = await GenerationHost.StartAsync(deaf.Address, ["--Providers:p:ConnectTimeout=00:00:00.2"]);

        using var hop = await generation.ChatAsync(Chunks.Chat());

        Assert.Equal((502, "provider_unreachable"), (await hop.ErrorAsync()) is var error ? (error.Status, error.Code) : default);
    }

    [Fact]
    public async Task Chat_AnswerOverTheLimit_Is502()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.AnswerAsync(context, $$"""{"x":"{{new string('x', 2000)}}"}""");
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--Calls:MaxAnswerBytes=1024"]);

        using var hop = await generation.ChatAsync(Chunks.Chat());

        Assert.Contains("Calls:MaxAnswerBytes", (await hop.ErrorAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_ManyInARow_UseOneConnection()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        for (var i = 0; i < 5; i++)
        {
            using var hop = await generation.ChatAsync(Chunks.Chat());
            await hop.ReadAsync();
        }

        Assert.Single(provider.Requests.Select(request => request.Connection).Distinct());
    }
}
