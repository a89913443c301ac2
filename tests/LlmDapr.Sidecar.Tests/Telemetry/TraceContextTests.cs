using LlmDapr.Sidecar.Telemetry;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Sidecar.Tests.Telemetry;

public sealed class TraceContextTests
{
    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-";
    private const string Sampled = Trace + "00f067aa0ba902b7-01";
    private const string Unsampled = Trace + "00f067aa0ba902b7-00";

    [Fact]
    public void Of_NothingGiven_IsZeros()
    {
        var trace = TraceContext.Of(new HeaderDictionary(), Tracing.Seldom);

        Assert.Equal(TraceContext.Zeros, trace.Traceparent);
        Assert.True(trace.Replaces);
    }

    [Fact]
    public void Of_SampledGiven_Passes() => Assert.Equal(Sampled, Of(Sampled, Tracing.Seldom).Traceparent);

    [Fact]
    public void Of_UnsampledGiven_GetsANewSpanOfTheSameTrace()
    {
        var trace = Of(Unsampled, Tracing.Seldom).Traceparent;

        Assert.StartsWith(Trace, trace, StringComparison.Ordinal);
        Assert.EndsWith("-00", trace, StringComparison.Ordinal);
        Assert.NotEqual(Unsampled, trace);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01")]
    [InlineData("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01")]
    public void Of_InvalidGiven_IsZerosAndTheGivenOnePasses(string given)
    {
        var trace = Of(given, Tracing.Seldom);

        Assert.Equal(TraceContext.Zeros, trace.Traceparent);
        Assert.False(trace.Replaces);
    }

    [Fact]
    public void Of_AlwaysTraced_StartsATraceOrASpan()
    {
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", TraceContext.Of(new HeaderDictionary(), Tracing.Always).Traceparent);
        Assert.Matches($"^{Trace}[0-9a-f]{{16}}-01$", Of(Sampled, Tracing.Always).Traceparent);
        Assert.NotEqual(Sampled, Of(Sampled, Tracing.Always).Traceparent);
    }

    [Fact]
    public void Of_NeverTraced_PassesWhatIsGiven() => Assert.Equal(Unsampled, Of(Unsampled, Tracing.Off).Traceparent);

    [Theory]
    [InlineData("k=v,a=b", null)]
    [InlineData("k=v;p=1", null)]
    [InlineData("not valid;;", "not valid;;")]
    [InlineData("k=v,=x", "=x")]
    public void BadBaggage_Header_NamesTheMember(string baggage, string? member) =>
        Assert.Equal(member, TraceContext.Of(new HeaderDictionary { ["baggage"] = baggage }, Tracing.Seldom).BadBaggage);

    private static TraceContext Of(string traceparent, Tracing tracing) =>
        TraceContext.Of(new HeaderDictionary { ["traceparent"] = traceparent }, tracing);
}
