using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using LlmDapr.Testing;
using OpenAI;
using OpenAI.Chat;

namespace LlmDapr.System.Tests.Cache;

/// <summary>A hit costs nothing, says that it is one, and is the answer that was paid for, in whichever form it is asked for.</summary>
public abstract class CacheHits(CacheSystem shared)
{
    private RunningSystem System => shared.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Repeated_Plain_IsTheSameAnswerForFreeAndSaysSo()
    {
        const string Model = "sim?words=9&seed=701";
        var body = CachedAnswer.Deterministic(Model, "Again, please", stream: false);
        var first = await CachedAnswer.AskAsync(System.Http, body, Ct);
        var second = await CachedAnswer.AskAsync(System.Http, body, Ct);

        Assert.Equal((200, "miss", null), (first.Status, first.Cache, first.Age));
        Assert.Equal((200, "hit", first.Key, first.Body, first.ReadUsage()), (second.Status, second.Cache, second.Key, second.Body, second.ReadUsage()));
        Assert.Matches("^[0-9a-f]{64}$", first.Key);
        Assert.InRange(second.Age!.Value, 0, 60);
        Assert.Equal(1, (await System.Simulator.OfAsync(Model, Ct)).Requests);

        // The same in other words, and by another replica.
        var respelt = $$"""{ "temperature" : 0.0, "user":"somebody", "messages":[{"content":"Again, \u0070lease","role":"user"}], "model":"{{Model}}", "seed":{{CachedAnswer.Seed}} }""";
        var third = await CachedAnswer.AskAsync(System.Http, respelt, Ct);
        Assert.Equal(("hit", first.Key, first.Body), (third.Cache, third.Key, third.Body));
        await Eventually.TrueAsync(async () => await CachedAnswer.AskAsync(shared.Second, body, Ct) is { Cache: "hit" } other && other.Body == first.Body, "the other replica has it, too", Ct);
        await Eventually.TrueAsync(async () => (await CachedAnswer.AskAsync(System.Http, body, Ct)).Age >= 1, "the answer grows old", Ct);
    }

    [Fact]
    public async Task Repeated_UnlikeOrUnwanted_IsANewCall()
    {
        const string Model = "sim?words=9&seed=702";
        var body = CachedAnswer.Deterministic(Model, "Mine alone", stream: false);
        Assert.Equal("miss", (await CachedAnswer.AskAsync(System.Http, body, Ct)).Cache);

        Assert.Equal("bypass", (await CachedAnswer.AskAsync(System.Http, Chat.Body(Model, "Mine alone", stream: false), Ct)).Cache);
        Assert.Equal("bypass", (await CachedAnswer.AskAsync(System.Http, body, [("Cache-Control", "no-store")], Ct)).Cache);
        Assert.Equal("miss", (await CachedAnswer.AskAsync(System.Http, body, [("Cache-Control", "no-cache")], Ct)).Cache);
        Assert.Equal("miss", (await CachedAnswer.AskAsync(System.Http, CachedAnswer.Deterministic(Model, "Mine alone", stream: false, ""","max_tokens":5"""), Ct)).Cache);
        Assert.Equal("miss", (await CachedAnswer.AskAsync(System.Http, CachedAnswer.Deterministic(Model, "Mine alone", stream: false, ""","unknown_field":1"""), Ct)).Cache);
        Assert.Equal(6, (await System.Simulator.OfAsync(Model, Ct)).Requests);
        Assert.Equal("hit", (await CachedAnswer.AskAsync(System.Http, body, Ct)).Cache);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OpenAiSdk_OneFormAfterTheOther_GivesTheSameAnswerAndUsage(bool streamFirst)
    {
        var model = $"sim?words=30&seed={(streamFirst ? 711 : 712)}";
        var first = await SdkAsync(model, streamFirst, new ChatCompletionOptions { Temperature = 0 });
        var second = await SdkAsync(model, !streamFirst, new ChatCompletionOptions { Temperature = 0 });

        Assert.Equal(Chat.Expected(model, "Tell me"), first.Text);
        Assert.Equal(first, second);
        Assert.True(first.Input > 0 && first.Output > 0);
        Assert.Equal(1, (await System.Simulator.OfAsync(model, Ct)).Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OpenAiSdk_ToolCallInTheOtherForm_IsTheSameCall(bool streamFirst)
    {
        var model = $"sim?words=5&seed={(streamFirst ? 721 : 722)}";
        var first = await SdkAsync(model, streamFirst, Options());
        var second = await SdkAsync(model, !streamFirst, Options());

        Assert.StartsWith("get_weather(", first.Tool, StringComparison.Ordinal);
        Assert.Equal(first, second);
        Assert.Equal(1, (await System.Simulator.OfAsync(model, Ct)).Requests);

        static ChatCompletionOptions Options() => new()
        {
            Temperature = 0,
            Tools = { ChatTool.CreateFunctionTool("get_weather", "Weather of a city", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""")) },
            ToolChoice = ChatToolChoice.CreateRequiredChoice(),
        };
    }

    [Fact]
    public async Task OpenAiSdk_Embeddings_AreKeptToo()
    {
        const string Model = "sim-embed?seed=731";
        var client = Client().GetEmbeddingClient(Model);
        var first = await client.GenerateEmbeddingsAsync(["one", "two"], cancellationToken: Ct);
        var second = await client.GenerateEmbeddingsAsync(["one", "two"], cancellationToken: Ct);
        var other = await client.GenerateEmbeddingsAsync(["two", "one"], cancellationToken: Ct);

        Assert.Equal(first.Value[1].ToFloats().ToArray(), second.Value[1].ToFloats().ToArray());
        Assert.Equal(first.Value[0].ToFloats().ToArray(), other.Value[1].ToFloats().ToArray());
        Assert.Equal(2, (await System.Simulator.OfAsync(Model, Ct)).Requests);
    }

    private async Task<Told> SdkAsync(string model, bool stream, ChatCompletionOptions options)
    {
        ChatMessage[] messages = [new UserChatMessage("Tell me")];
        var client = Client().GetChatClient(model);
        if (!stream)
        {
            ChatCompletion answer = await client.CompleteChatAsync(messages, options, Ct);
            var call = answer.ToolCalls is [var first, ..] ? first : null;
            return new Told(answer.Id, string.Concat(answer.Content.Select(part => part.Text)), call is null ? "" : $"{call.FunctionName}({call.FunctionArguments})", answer.FinishReason, answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount);
        }

        var (text, tool, arguments) = (new StringBuilder(), "", new StringBuilder());
        var (id, finish, usage) = ("", default(ChatFinishReason?), default(ChatTokenUsage));
        await foreach (var update in client.CompleteChatStreamingAsync(messages, options, Ct))
        {
            text.AppendJoin("", update.ContentUpdate.Select(part => part.Text));
            foreach (var call in update.ToolCallUpdates)
            {
                tool += call.FunctionName;
                arguments.Append(call.FunctionArgumentsUpdate);
            }

            (id, finish, usage) = (update.CompletionId, finish ?? update.FinishReason, usage ?? update.Usage);
        }

        return new Told(id, text.ToString(), tool.Length == 0 ? "" : $"{tool}({arguments})", finish!.Value, usage!.InputTokenCount, usage.OutputTokenCount);
    }

    private OpenAIClient Client() => new(new ApiKeyCredential($"sk-tests-of-the-cache-{CachedAnswer.Seed}"), new OpenAIClientOptions
    {
        Endpoint = new Uri(System.Edge, "/v1"),
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
    });

    private sealed record Told(string Id, string Text, string Tool, ChatFinishReason Finish, int Input, int Output);
}
