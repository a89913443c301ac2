using System.Net;
using System.Text;
using System.Text.Json;
using LlmDapr.Contracts;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmDapr.Generation.Tests.Hop;

public sealed class HopSurfaceTests
{
    [Theory]
    [InlineData("/hop/chat/completions")]
    [InlineData("/hop/embeddings")]
    public async Task Get_PathsOfTheHop_Is204AndCallsNobody(string path)
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var response = await generation.GetAsync(path);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Empty(provider.Requests);
    }

    [Fact]
    public async Task Models_Table_HasNamesAndPatterns()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--Models:0:ContextLength=8192"]);

        using var response = await generation.GetAsync("/hop/models");
        var table = JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), ContractsJsonContext.Default.ModelTable)!;

        Assert.Equal(["m", "renamed"], table.Models.Select(model => model.Id));
        Assert.Equal(["p/*", "p/gpt-real"], table.Models.Select(model => model.Identity));
        Assert.Equal([8192, null], table.Models.Select(model => model.ContextLength));
        Assert.Equal(["free/"], table.Patterns.Select(pattern => pattern.Prefix));
        Assert.Null(table.AnyName);
        Assert.Empty(provider.Requests);
    }

    [Fact]
    public async Task Models_ListedByTheProvider_AreInTheTable()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.AnswerAsync(context, """{"object":"list","data":[{"id":"gpt-listed","created":5,"owned_by":"them"}]}""");
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--Providers:p:ListModels=true"]);
        await provider.ArrivedAsync();

        string text;
        do
        {
            using var response = await generation.GetAsync("/hop/models");
            text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
        while (!text.Contains("gpt-listed", StringComparison.Ordinal));

        Assert.Equal("GET /v1/models", provider.Requests.Single().Line);
        Assert.Contains("\"any_name\":null", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_ProviderThatCannotBeAsked_IsAskedAgainAndTakesAnyNameMeanwhile()
    {
        var time = new WatchedTime();
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => ScriptedProvider.AnswerAsync(context, "no", 500);
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--Providers:p:ListModels=true"], time);

        Assert.Contains("\"any_name\":\"p\"", await TableAsync(generation), StringComparison.Ordinal);
        await LaterAsync(() => provider.Requests.Count == 2);
        Assert.False(IsWarned());
        await LaterAsync(IsWarned);
        provider.Script = context => ScriptedProvider.AnswerAsync(context, """{"data":[{"id":"late"}]}""");
        await LaterAsync(() => generation.Services.GetRequiredService<CatalogStore>().HasListedAll);

        var table = await TableAsync(generation);
        Assert.Contains("\"any_name\":null", table, StringComparison.Ordinal);
        Assert.Contains("late", table, StringComparison.Ordinal);
        await time.TimersAsync(TimeSpan.FromMinutes(5));

        bool IsWarned() => generation.Logs.GetSnapshot().Any(log => log.Level == LogLevel.Warning && log.Message.Contains("answered 500", StringComparison.Ordinal));

        // Others wait for this clock, too: which timer is whose cannot be told.
        Task LaterAsync(Func<bool> condition) => Soon.UntilAsync(() =>
        {
            if (condition())
            {
                return true;
            }

            time.Advance(TimeSpan.FromMilliseconds(10));
            return false;
        });

        static async Task<string> TableAsync(GenerationHost generation)
        {
            using var response = await generation.GetAsync("/hop/models");
            return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Models_ProviderWithoutAList_TakesAnyName()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => context.Request.Method == "GET" ? ScriptedProvider.AnswerAsync(context, "none", 404) : ScriptedProvider.AnswerAsync(context, "{}");
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--Providers:p:ListModels=true"]);
        await provider.ArrivedAsync();

        using var hop = await generation.ChatAsync(Chunks.Chat("whatever"));

        Assert.Equal((200, "p/whatever"), (await hop.ReadAsync()) is var answer ? (answer.Head.Status, answer.Head.Target) : default);
    }

    [Fact]
    public async Task Chat_UnknownModel_Is404()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat("nobody"));

        Assert.Equal((404, "model_not_found", "model"), (await hop.ErrorAsync()) is var error ? (error.Status, error.Code, error.Param) : default);
        Assert.Empty(provider.Requests);
    }

    [Fact]
    public async Task Chat_Pattern_PassesTheNameOn()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat("free/模型"));

        Assert.Equal("p/free/模型", (await hop.ReadAsync()).Head.Target);
    }

    [Theory]
    [InlineData("{", "invalid_json")]
    [InlineData("{\"messages\":[{}]}", "missing_required_parameter")]
    public async Task Chat_WrongBody_IsAnAnswerOfTheHop(string body, string code)
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(body);

        Assert.Equal(HttpStatusCode.OK, hop.Response.StatusCode);
        Assert.Equal((400, code), (await hop.ErrorAsync()) is var error ? (error.Status, error.Code) : default);
    }

    [Fact]
    public async Task Chat_BodyOverTheLimit_Is413InTheHopsFraming()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--Calls:MaxRequestBytes=1024"]);

        using var hop = await generation.SendAsync("/hop/chat/completions", new byte[1025]);

        Assert.Equal((413, "invalid_request_error"), (await hop.ErrorAsync()) is var error ? (error.Status, error.Type) : default);
        Assert.Empty(provider.Requests);
    }

    [Fact]
    public async Task AppToken_Set_OnlyWhoeverKnowsItComesIn()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--APP_API_TOKEN=secret"]);

        foreach (var path in new[] { "/hop/chat/completions", "/hop/models" })
        {
            using var without = await generation.GetAsync(path);
            using var wrong = await generation.GetAsync(path, ("dapr-api-token", "Secret"));
            using var right = await generation.GetAsync(path, ("dapr-api-token", "secret"));
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, true), (without.StatusCode, wrong.StatusCode, right.IsSuccessStatusCode));
        }

        using var refused = await generation.ChatAsync(Chunks.Chat());
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Response.StatusCode);
        Assert.Empty(provider.Requests);
        using var taken = await generation.ChatAsync(Chunks.Chat(), ("dapr-api-token", "secret"));
        Assert.Equal(200, (await taken.ReadAsync()).Head.Status);
        using var healthy = await generation.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, healthy.StatusCode);
    }

    [Fact]
    public async Task Provider_LikeAzure_GetsItsHeaderQueryAndDeployment()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address, [
            $"--Providers:p:Endpoint={provider.Address}/openai/deployments/{{model}}",
            "--Providers:p:KeyHeader=api-key",
            "--Providers:p:ApiKeyEnv=KEY_OF_P",
            "--KEY_OF_P=azure-key",
            "--Providers:p:Query:api-version=2025-01-01 preview"]);

        using var chat = await generation.ChatAsync(Chunks.Chat("renamed"));
        await chat.ReadAsync();
        using var embeddings = await generation.SendAsync("/hop/embeddings", Encoding.UTF8.GetBytes("""{"model":"free/x y","input":"a"}"""));
        await embeddings.ReadAsync();

        Assert.Equal(
            ["POST /openai/deployments/gpt-real/chat/completions?api-version=2025-01-01%20preview", "POST /openai/deployments/free%2Fx%20y/embeddings?api-version=2025-01-01%20preview"],
            provider.Requests.Select(request => request.Line));
        Assert.All(provider.Requests, request =>
        {
            Assert.Equal("azure-key", request.Headers["api-key"]);
            Assert.False(request.Headers.ContainsKey("Authorization"));
        });
    }

    [Theory]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    public async Task Provider_EndpointWithOrWithoutSlash_IsTheSame(string path)
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address, [$"--Providers:p:Endpoint={provider.Address}{path}"]);

        using var hop = await generation.ChatAsync(Chunks.Chat());
        await hop.ReadAsync();

        Assert.Equal("POST /v1/chat/completions", provider.Requests.Single().Line);
        Assert.False(provider.Requests.Single().Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Provider_NothingOfTheHop_ReachesIt()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat(), ("x-llmdapr-tenant", "key:1"), ("x-llmdapr-call-id", "c"), ("Authorization", "Bearer caller"));
        await hop.ReadAsync();

        var headers = provider.Requests.Single().Headers;
        Assert.DoesNotContain(headers, header => header.Key.StartsWith("x-llmdapr", StringComparison.OrdinalIgnoreCase) || header.Value.Contains("caller", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ready_WithoutSidecar_Is503()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--DAPR_HTTP_ENDPOINT=http://127.0.0.1:1"]);

        using var ready = await generation.GetAsync("/readyz");
        using var metrics = await generation.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("llmdapr_in_flight", await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_OfAnyOutcome_HaveNoPromptAndNoKey()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--KEY_OF_P=sk-operator-key", "--Providers:p:ApiKeyEnv=KEY_OF_P", "--Logging:LogLevel:Default=Information"]);
        foreach (var script in new Func<Microsoft.AspNetCore.Http.HttpContext, Task>[]
        {
            context => ScriptedProvider.AnswerAsync(context, "{}"),
            context => ScriptedProvider.AnswerAsync(context, "PROMPT-TEXT sk-operator-key", 500),
            context => ScriptedProvider.AnswerAsync(context, "PROMPT-TEXT"),
            context => ScriptedProvider.SayAsync(context, Chunks.Word, "{\"error\":{\"message\":\"PROMPT-TEXT sk-operator-key\"}}"),
            context => ScriptedProvider.SayAsync(context, Chunks.Word, "PROMPT-TEXT"),
        })
        {
            provider.Script = script;
            using var plain = await generation.ChatAsync(Chunks.Chat());
            await plain.ReadAsync();
            using var streamed = await generation.ChatAsync(Chunks.Chat(stream: true));
            await streamed.ReadAsync();
        }

        using var wrong = await generation.ChatAsync("{\"model\":\"m\",\"messages\":[\"PROMPT-TEXT\"]}");
        await wrong.ReadAsync();
        var logs = generation.Logs.GetSnapshot();
        Assert.NotEmpty(logs);
        Assert.DoesNotContain(logs, log => log.Level >= LogLevel.Information && Said(log).Contains("PROMPT-TEXT", StringComparison.Ordinal));
        Assert.DoesNotContain(logs, log => Said(log).Contains("sk-operator-key", StringComparison.Ordinal));

        static string Said(Microsoft.Extensions.Logging.Testing.FakeLogRecord log) =>
            $"{log.Message} {log.Exception} {string.Join(' ', log.StructuredState?.Select(pair => pair.Value) ?? [])}";
    }
}
