using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Embeddings;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace LlmDapr.Simulator.Tests;

/// <summary>The official SDK, unmodified, takes the simulator for OpenAI.</summary>
public sealed class OpenAiSdkTests : SimulatorTest
{
    [Fact]
    public async Task Sdk_Plain_ReadsTextAndUsage()
    {
        ChatCompletion answer = await Chat("sim?words=9").CompleteChatAsync([new UserChatMessage(Question)], cancellationToken: Cancel);
        Assert.Equal(Answer(9), answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(TokenCounter.Count(Answer(9)), answer.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task Sdk_Stream_ReadsTextAndUsage()
    {
        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        await foreach (StreamingChatCompletionUpdate update in Chat("sim?words=9").CompleteChatStreamingAsync([new UserChatMessage(Question)], cancellationToken: Cancel))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            usage = update.Usage ?? usage;
        }

        Assert.Equal(Answer(9), text.ToString());
        Assert.Equal(TokenCounter.Count(Answer(9)), usage?.OutputTokenCount);
    }

    [Fact]
    public async Task Sdk_ToolCall_ReadsArguments()
    {
        var options = new ChatCompletionOptions
        {
            ToolChoice = ChatToolChoice.CreateRequiredChoice(),
            Tools = { ChatTool.CreateFunctionTool("get_weather", functionParameters: BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""")) },
        };
        ChatCompletion answer = await Chat("sim").CompleteChatAsync([new UserChatMessage(Question)], options, Cancel);
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        ChatToolCall call = Assert.Single(answer.ToolCalls);
        Assert.Equal("get_weather", call.FunctionName);
        Assert.Equal(JsonValueKind.String, JsonElement.Parse(call.FunctionArguments.ToString()).GetProperty("city").ValueKind);
    }

    [Fact]
    public async Task Sdk_Logprobs_AreRead()
    {
        var options = new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 3 };
        ChatCompletion answer = await Chat("sim?words=9").CompleteChatAsync([new UserChatMessage(Question)], options, Cancel);
        Assert.Equal(Answer(9), string.Concat(answer.ContentTokenLogProbabilities.Select(token => token.Token)));
        Assert.All(answer.ContentTokenLogProbabilities, token => Assert.Equal(3, token.TopLogProbabilities.Count));
    }

    [Fact]
    public async Task Sdk_Error_HasStatusAndText()
    {
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(() =>
            Chat("sim?fault=context").CompleteChatAsync([new UserChatMessage(Question)], cancellationToken: Cancel));
        Assert.Equal(400, error.Status);
        Assert.Contains("context_length_exceeded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sdk_CutStream_Throws()
    {
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (StreamingChatCompletionUpdate _ in Chat("sim?fault=cut").CompleteChatStreamingAsync([new UserChatMessage(Question)], cancellationToken: Cancel))
            {
            }
        });
    }

    [Fact]
    public async Task Sdk_EmbeddingsAndModels_AreRead()
    {
        OpenAIEmbedding embedding = await Client().GetEmbeddingClient("sim-embed").GenerateEmbeddingAsync("a river", cancellationToken: Cancel);
        Assert.Equal(SimulatedEmbedding.VectorFor("a river"), embedding.ToFloats().ToArray());
        Assert.Equal(4, (await Client().GetOpenAIModelClient().GetModelsAsync(Cancel)).Value.Count);
    }

    private ChatClient Chat(string model) => Client().GetChatClient(model);

    private OpenAIClient Client() => new(new ApiKeyCredential("sk-test"), new OpenAIClientOptions { Endpoint = Simulator.BaseUrl, RetryPolicy = new ClientRetryPolicy(0) });
}
