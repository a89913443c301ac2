using System.Text;
using LlmDapr.Generation.Recovery;

namespace LlmDapr.Generation.Tests.Recovery;

public sealed class ContinuationRequestTests
{
    private const string Said = "Thirty-two characters and a few more \"quoted\" \U0001F30A";

    [Theory]
    [InlineData("""{"model":"m", "messages" : [ {"role":"user","content":"x"} ],"y":1.0e0}""", """{"model":"m", "messages" : [ {"role":"user","content":"x"} ,{"role":"assistant","content":"SAID"}],"y":1.0e0}""")]
    [InlineData("""{"messages":[{"role":"user","content":"]"},{"content":"It is","role":"assistant"}],"model":"m"}""", """{"messages":[{"role":"user","content":"]"},{"content":"It isSAID","role":"assistant"}],"model":"m"}""")]
    [InlineData("""{"model":"m","max_tokens":100,"messages":[{"role":"user","content":"x"}],"max_completion_tokens":3}""", """{"model":"m","max_tokens":93,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"SAID"}],"max_completion_tokens":1}""")]
    public void Continue_AnyRequest_IsSplicedAndNothingElse(string body, string expected)
    {
        var request = ContinuationRequest.Read(Encoding.UTF8.GetBytes(body));

        Assert.True(request.CanContinue(Said));
        Assert.Equal(
            expected.Replace("SAID", Said.Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal),
            Encoding.UTF8.GetString(request.Continue(Said, 7).Body.Span).Replace("\\uD83C\\uDF0A", "\U0001F30A", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(""" "tools":[{}] """, true)]
    [InlineData(""" "functions":[{}] """, true)]
    [InlineData(""" "logprobs":true """, true)]
    [InlineData(""" "audio":{"voice":"x"} """, true)]
    [InlineData(""" "tools":[] """, false)]
    [InlineData(""" "tools":null """, false)]
    [InlineData(""" "logprobs":false """, false)]
    [InlineData(""" "response_format":{"type":"json_object"} """, false)]
    public void Read_Request_TellsWhetherItsAnswerCanBeTakenUp(string member, bool obstacle) => Assert.Equal(obstacle, Read(member).Obstacle is not null);

    [Theory]
    [InlineData(""" "x":1 """, Said, true)]
    [InlineData(""" "response_format":{"type":"text"} """, Said, true)]
    [InlineData(""" "response_format":{"type":"json_object"} """, Said, false)]
    [InlineData(""" "x":1 """, "A few words", false)]
    [InlineData(""" "x":1 """, "A few words                          ", false)]
    public void CanContinue_FormatOrFewWords_IsAskedAgainInstead(string member, string said, bool can) => Assert.Equal(can, Read(member).CanContinue(said));

    [Fact]
    public void CanContinue_HalfACharacter_OnlyAtTheEnd()
    {
        Assert.True(Read("\"x\":1").CanContinue(Said + '\ud83d'));
        Assert.False(Read("\"x\":1").CanContinue("\ud83d" + Said));
    }

    [Theory]
    [InlineData("""[{"role":"assistant","content":null,"tool_calls":[{}]}]""")]
    [InlineData("""[{"role":"assistant","content":[{"type":"text","text":"x"}]}]""")]
    public void CanContinue_AssistantMessageThatIsNotWords_IsAskedAgainInstead(string messages) =>
        Assert.False(ContinuationRequest.Read(Encoding.UTF8.GetBytes($$"""{"model":"m","messages":{{messages}}}""")).CanContinue(Said));

    private static ContinuationRequest Read(string member) =>
        ContinuationRequest.Read(Encoding.UTF8.GetBytes($$"""{"model":"m",{{member}},"messages":[{"role":"user","content":"x"}]}"""));
}
