using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using LlmDapr.Contracts;
using LlmDapr.Testing;
using OpenAI;
using OpenAI.Chat;

namespace LlmDapr.System.Tests;

/// <summary>The official OpenAI .NET SDK, unmodified, against the whole system.</summary>
public sealed class OpenAiSdkTests(SharedSystem shared)
{
    private readonly RunningSystem _system = shared.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CompleteChat_Plain_GivesTheWholeAnswer()
    {
        const string Model = "sim?words=30";
        ChatCompletion answer = await Client().GetChatClient(Model).CompleteChatAsync([new UserChatMessage("Hello, gateway")], cancellationToken: Ct);

        Assert.Equal(Chat.Expected(Model, "Hello, gateway"), answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.True(answer.Usage.InputTokenCount > 0);
        Assert.Equal(answer.Usage.InputTokenCount + answer.Usage.OutputTokenCount, answer.Usage.TotalTokenCount);
    }

    [Fact]
    public async Task CompleteChatStreaming_Words_ArriveInOrderWithUsage()
    {
        const string Model = "sim?words=40&tps=400";
        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        ChatFinishReason? finish = null;
        await foreach (var update in Client().GetChatClient(Model).CompleteChatStreamingAsync([new UserChatMessage("Stream, please")], cancellationToken: Ct))
        {
            text.AppendJoin(string.Empty, update.ContentUpdate.Select(part => part.Text));
            usage ??= update.Usage;
            finish ??= update.FinishReason;
        }

        Assert.Equal(Chat.Expected(Model, "Stream, please"), text.ToString());
        Assert.Equal(ChatFinishReason.Stop, finish);
        Assert.True(usage is { OutputTokenCount: > 0 });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CompleteChat_Tools_CallsTheFunction(bool stream)
    {
        var tool = ChatTool.CreateFunctionTool("get_weather", "Weather of a city", BinaryData.FromString(
            """{"type":"object","properties":{"city":{"type":"string"},"unit":{"type":"string","enum":["c","f"]}},"required":["city","unit"],"additionalProperties":false}"""));
        var options = new ChatCompletionOptions { Tools = { tool }, ToolChoice = ChatToolChoice.CreateRequiredChoice() };
        var client = Client().GetChatClient("sim?words=5");
        var (name, arguments, finish) = (string.Empty, string.Empty, default(ChatFinishReason?));
        if (stream)
        {
            await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("How is the weather?")], options, Ct))
            {
                foreach (var call in update.ToolCallUpdates)
                {
                    name += call.FunctionName;
                    arguments += call.FunctionArgumentsUpdate?.ToString();
                }

                finish ??= update.FinishReason;
            }
        }
        else
        {
            ChatCompletion answer = await client.CompleteChatAsync([new UserChatMessage("How is the weather?")], options, Ct);
            (name, arguments, finish) = (answer.ToolCalls[0].FunctionName, answer.ToolCalls[0].FunctionArguments.ToString(), answer.FinishReason);
        }

        Assert.Equal("get_weather", name);
        Assert.Equal(ChatFinishReason.ToolCalls, finish);
        using var parsed = JsonDocument.Parse(arguments);
        Assert.Equal(JsonValueKind.String, parsed.RootElement.GetProperty("city").ValueKind);
        Assert.Contains(parsed.RootElement.GetProperty("unit").GetString(), new[] { "c", "f" });
    }

    [Fact]
    public async Task CompleteChat_StructuredOutput_FitsTheSchema()
    {
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("answer", BinaryData.FromString(
                """{"type":"object","properties":{"steps":{"type":"array","items":{"type":"string"}},"count":{"type":"integer"}},"required":["steps","count"],"additionalProperties":false}"""), jsonSchemaIsStrict: true),
        };
        ChatCompletion answer = await Client().GetChatClient("sim").CompleteChatAsync([new UserChatMessage("In steps")], options, Ct);

        using var parsed = JsonDocument.Parse(answer.Content[0].Text);
        Assert.Equal(JsonValueKind.Array, parsed.RootElement.GetProperty("steps").ValueKind);
        Assert.True(parsed.RootElement.GetProperty("count").TryGetInt64(out _));
    }

    [Fact]
    public async Task CompleteChat_SeveralChoicesWithLogprobs_GivesAll()
    {
        var options = new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 2 };
        ChatCompletion withOdds = await Client().GetChatClient("sim?words=6").CompleteChatAsync([new UserChatMessage("Odds")], options, Ct);
        Assert.NotEmpty(withOdds.ContentTokenLogProbabilities);
        Assert.Equal(2, withOdds.ContentTokenLogProbabilities[0].TopLogProbabilities.Count);

        // The SDK has no `n`: its protocol method takes any body.
        using var content = BinaryContent.Create(BinaryData.FromString(Chat.Body("sim?words=6", "Three", stream: false, ""","n":3""")));
        var raw = await Client().GetChatClient("sim?words=6").CompleteChatAsync(content, new RequestOptions { CancellationToken = Ct });
        using var parsed = JsonDocument.Parse(raw.GetRawResponse().Content);
        Assert.Equal(3, parsed.RootElement.GetProperty("choices").GetArrayLength());
    }

    [Fact]
    public async Task GenerateEmbeddings_SeveralInputs_GivesAVectorForEach()
    {
        var answer = await Client().GetEmbeddingClient("sim-embed").GenerateEmbeddingsAsync(["one", "two"], cancellationToken: Ct);

        Assert.Equal(2, answer.Value.Count);
        Assert.Equal(1536, answer.Value[0].ToFloats().Length);
        Assert.NotEqual(answer.Value[0].ToFloats().ToArray(), answer.Value[1].ToFloats().ToArray());
        Assert.True(answer.Value.Usage.InputTokenCount > 0);
    }

    [Fact]
    public async Task GetModels_System_ListsTheSimulators()
    {
        var models = await Client().GetOpenAIModelClient().GetModelsAsync(Ct);
        Assert.Contains(models.Value, model => model.Id == "sim-fast");
        var one = await Client().GetOpenAIModelClient().GetModelAsync("sim-slow", Ct);
        Assert.Equal("sim-slow", one.Value.Id);
    }

    [Fact]
    public async Task CompleteChatStreaming_Cancelled_StopsTheProvider()
    {
        const string Model = "sim?words=2000&tps=50&seed=901";
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in Client().GetChatClient(Model).CompleteChatStreamingAsync([new UserChatMessage("Long")], cancellationToken: cancel.Token))
            {
                if (update.ContentUpdate.Count > 0)
                {
                    await cancel.CancelAsync();
                }
            }
        });

        await Eventually.TrueAsync(async () => (await _system.Simulator.OfAsync(Model, Ct)).Cancelled == 1, "the provider's call was cancelled", Ct);
    }

    [Theory]
    [InlineData("sim?fault=context", 400, "context_length_exceeded")]
    [InlineData("sim?fault=quota", 429, "insufficient_quota")]
    [InlineData("sim?fault=key401", 401, "invalid_api_key")]
    [InlineData("no-such-model", 404, "model_not_found")]
    [InlineData("sim?err500=100", 500, "server_error")]
    [InlineData("sim?fault=reset", 502, "upstream_error")]
    public async Task CompleteChat_Error_ThrowsWithStatusAndCode(string model, int status, string says)
    {
        foreach (var stream in new[] { false, true })
        {
            var error = await Assert.ThrowsAsync<ClientResultException>(async () =>
            {
                if (stream)
                {
                    await foreach (var _ in Client().GetChatClient(model).CompleteChatStreamingAsync([new UserChatMessage("Fail")], cancellationToken: Ct))
                    {
                    }
                }
                else
                {
                    await Client().GetChatClient(model).CompleteChatAsync([new UserChatMessage("Fail")], cancellationToken: Ct);
                }
            });

            Assert.Equal(status, error.Status);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("badjson")]
    [InlineData("end")]
    [InlineData("error-in-stream")]
    public async Task CompleteChatStreaming_ProviderBreaksTheStream_Throws(string fault)
    {
        var words = 0;
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (var update in Client().GetChatClient($"sim?words=20&after=5&fault={fault}").CompleteChatStreamingAsync([new UserChatMessage("Break")], cancellationToken: Ct))
            {
                words += update.ContentUpdate.Count(part => part.Text.Length > 0);
            }
        });

        Assert.Equal(5, words);
    }

    private OpenAIClient Client() => new(new ApiKeyCredential("sk-tests-of-llmdapr"), new OpenAIClientOptions
    {
        Endpoint = new Uri(_system.Edge, "/v1"),
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
    });
}
