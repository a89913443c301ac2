using System.Text;
using LlmDapr.Generation.Recovery;

namespace LlmDapr.Generation.Tests.Recovery;

public sealed class ChatChunkTests
{
    [Theory]
    [InlineData("""{"role":"assistant"}""", "{}")]
    [InlineData("""{ "role" : "assistant" , "content":"x"}""", """{  "content":"x"}""")]
    [InlineData("""{"content":"x", "role":"assistant" }""", """{"content":"x" }""")]
    [InlineData("""{"content":"x","role":null,"refusal":null}""", """{"content":"x","refusal":null}""")]
    public void Role_AnyPlace_IsTakenOutWithItsComma(string delta, string expected)
    {
        var data = Encoding.UTF8.GetBytes($$"""{"choices":[{"index":0,"delta":{{delta}}}]}""");
        var edits = new ByteEdits();

        edits.Replace(ChatChunk.Read(data).Role!.Value, default);

        Assert.Equal($$"""{"choices":[{"index":0,"delta":{{expected}}}]}""", Encoding.UTF8.GetString(edits.Apply(data)));
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x","refusal":null,"tool_calls":[],"function_call":{}},"logprobs":null}]}""", false)]
    [InlineData("""{"choices":[{"index":0,"delta":{"reasoning_content":"x","reasoning_details":[{"a":[]}]}}]}""", false)]
    [InlineData("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]}}]}""", true)]
    [InlineData("""{"choices":[{"index":0,"delta":{"refusal":"No"}}]}""", true)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":[{"type":"text"}]}}]}""", true)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"},"logprobs":{"content":[]}}]}""", true)]
    [InlineData("""{"choices":[{"index":1,"delta":{"content":"x"}}]}""", true)]
    [InlineData("""{"choices":[{"index":0,"delta":{}},{"index":0,"delta":{}}]}""", true)]
    public void HasOther_MoreThanWords_IsSeen(string data, bool other) => Assert.Equal(other, ChatChunk.Read(Encoding.UTF8.GetBytes(data)).HasOther);
}
