using System.Text;
using LlmDapr.Generation.Attempts;

namespace LlmDapr.Generation.Tests.Attempts;

public sealed class ErrorFactsTests
{
    [Theory]
    [InlineData("""{"error":{"code":"context_length_exceeded"}}""", true, false)]
    [InlineData("""{"error":{"code":"insufficient_quota"}}""", false, true)]
    [InlineData("""{"error":{"code":"billing_hard_limit_reached"}}""", false, true)]
    [InlineData("""{"error":{"type":"insufficient_quota","code":null}}""", false, true)]
    [InlineData("""{"error":{"type":"requests","code":"rate_limit_exceeded"}}""", false, false)]
    [InlineData("""{"error":{"code":429,"type":[]}}""", false, false)]
    [InlineData("""{"error":"insufficient_quota"}""", false, false)]
    [InlineData("""{"code":"insufficient_quota"}""", false, false)]
    [InlineData("""[{"error":{}}]""", false, false)]
    [InlineData("""{"error":{"code":"\ud800"}}""", false, false)]
    [InlineData("<html>insufficient_quota</html>", false, false)]
    [InlineData("", false, false)]
    public void Read_AnyBody_KnowsWhatAProgramMayActOn(string body, bool isContextLength, bool isQuota)
    {
        var facts = ErrorFacts.Read(Encoding.UTF8.GetBytes(body));

        Assert.Equal((isContextLength, isQuota), (facts.IsContextLength, facts.IsQuota));
    }
}
