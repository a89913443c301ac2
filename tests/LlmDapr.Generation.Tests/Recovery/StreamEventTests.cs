using System.Text;
using LlmDapr.Contracts.Hop;
using LlmDapr.Generation.Recovery;

namespace LlmDapr.Generation.Tests.Recovery;

public sealed class StreamEventTests
{
    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData("{\n\n  \"a\": [\n1]\n}")]
    public void DataOf_AnyEvent_IsTheSameJson(string data) =>
        Assert.Equal(data, Encoding.UTF8.GetString(StreamEvent.DataOf(HopFormat.Event(Encoding.UTF8.GetBytes(data))).Span).TrimEnd('\n'));
}
