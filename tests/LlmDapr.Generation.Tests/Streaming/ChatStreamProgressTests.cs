using System.Text;
using LlmDapr.Generation.Streaming;

namespace LlmDapr.Generation.Tests.Streaming;

public sealed class ChatStreamProgressTests
{
    [Theory]
    [InlineData("[DONE]", ChunkKind.Done)]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant"}}]}""", ChunkKind.Opening)]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""", ChunkKind.Opening)]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"refusal":null}}]}""", ChunkKind.Opening)]
    [InlineData("""{"choices":[{"index":0,"delta":{}}]}""", ChunkKind.Opening)]
    [InlineData("""{"choices":[{"index":0,"delta":null}]}""", ChunkKind.Opening)]
    [InlineData("""{"choices":[{"index":0}]}""", ChunkKind.Opening)]
    [InlineData("""{"choices":[],"prompt_filter_results":[{}]}""", ChunkKind.Opening)]
    [InlineData("""{"choices":null}""", ChunkKind.Opening)]
    [InlineData("""{"unknown":[{"delta":{"content":"x"}}]}""", ChunkKind.Opening)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}]}""", ChunkKind.Content)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}],"usage":{"total_tokens":1}}""", ChunkKind.Content)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}],"usage":null,"error":null}""", ChunkKind.Content)]
    [InlineData("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]}}]}""", ChunkKind.Content)]
    [InlineData("""{"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}""", ChunkKind.Content)]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", ChunkKind.Content)]
    [InlineData("""{"ch\u006fices":[{"index":1,"d\u0065lta":{"content":"x"}}]}""", ChunkKind.Content)]
    [InlineData("""{"choices":[],"usage":{"total_tokens":1}}""", ChunkKind.Usage)]
    [InlineData("""{"usage":{}}""", ChunkKind.Usage)]
    [InlineData("""{"error":{"message":"x"}}""", ChunkKind.Error)]
    [InlineData("""{"error":"x"}""", ChunkKind.Error)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}],"error":{"message":"x"}}""", ChunkKind.Error)]
    [InlineData("", ChunkKind.Invalid)]
    [InlineData("[]", ChunkKind.Invalid)]
    [InlineData("\"x\"", ChunkKind.Invalid)]
    [InlineData("{\"choices\":[{\"index\":0,\"delta\":{\"con", ChunkKind.Invalid)]
    [InlineData("{} {}", ChunkKind.Invalid)]
    [InlineData("<html>", ChunkKind.Invalid)]
    [InlineData("""{"choices":[{"index":"0","delta":{"content":"x"}}]}""", ChunkKind.Invalid)]
    [InlineData("""{"choices":[{"index":99999999999,"delta":{"content":"x"}}]}""", ChunkKind.Invalid)]
    [InlineData("[done]", ChunkKind.Invalid)]
    public void Observe_AnyData_IsOfItsKind(string data, object kind) => Assert.Equal(kind, new ChatStreamProgress(1).Observe(Encoding.UTF8.GetBytes(data)));

    [Fact]
    public void Observe_UnknownFieldsDeepInside_AreSkipped()
    {
        var deep = $$$"""{"x":{{{new string('[', 200)}}}{{{new string(']', 200)}}},"choices":[{"index":0,"delta":{"content":"x"}}]}""";

        Assert.Equal(ChunkKind.Content, new ChatStreamProgress(1).Observe(Encoding.UTF8.GetBytes(deep)));
    }

    [Theory]
    [InlineData(1, "", false, false)]
    [InlineData(1, "0", false, false)]
    [InlineData(1, "0 0!", true, true)]
    [InlineData(1, "0!", true, true)]
    [InlineData(2, "0 0!", true, false)]
    [InlineData(2, "0 1 0!", false, false)]
    [InlineData(2, "0 1 0! 1!", true, true)]
    [InlineData(2, "1! 0!", true, true)]
    [InlineData(1, "0 1 0!", false, false)]
    [InlineData(1, "0 0! 0", true, true)]
    [InlineData(1, "0 0! 1", false, false)]
    public void Observe_Choices_TellWhetherAllIsSaid(int asked, string chunks, bool begun, bool all)
    {
        var progress = new ChatStreamProgress(asked);
        foreach (var chunk in chunks.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var finish = chunk.EndsWith('!') ? "\"stop\"" : "null";
            progress.Observe(Encoding.UTF8.GetBytes($$"""{"choices":[{"index":{{chunk.TrimEnd('!')}},"delta":{"content":"x"},"finish_reason":{{finish}}}]}"""));
        }

        Assert.Equal((begun, all), (progress.AllBegunFinished, progress.AllAskedFinished));
    }

    [Theory]
    [InlineData("null", false)]
    [InlineData("\"\"", false)]
    [InlineData("\"stop\"", true)]
    [InlineData("\"anything\"", true)]
    public void Observe_FinishReason_IsOneOnlyWithAWord(string reason, bool finished)
    {
        var progress = new ChatStreamProgress(1);

        progress.Observe(Encoding.UTF8.GetBytes($$"""{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":{{reason}}}]}"""));

        Assert.Equal(finished, progress.AllAskedFinished);
    }
}
