using LlmDapr.Sidecar.Invocation;
using Microsoft.Extensions.Primitives;

namespace LlmDapr.Sidecar.Tests.Invocation;

public sealed class EventStreamTests
{
    [Theory]
    [InlineData("text/event-stream", true)]
    [InlineData("  TEXT/Event-Stream ", true)]
    [InlineData("text/event-stream, application/json", false)]
    [InlineData("text/event-stream;q=0.9", false)]
    [InlineData("*/*", false)]
    public void IsExact_OneAccept_OnlyTheBareType(string accept, bool exact) => Assert.Equal(exact, EventStream.IsExact(accept));

    [Fact]
    public void IsExact_TwoAccepts_TheFirstCounts()
    {
        Assert.True(EventStream.IsExact(new StringValues(["text/event-stream", "application/json"])));
        Assert.False(EventStream.IsExact(new StringValues(["application/json", "text/event-stream"])));
        Assert.False(EventStream.IsExact(StringValues.Empty));
    }
}
