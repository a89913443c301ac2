using LlmDapr.Sidecar.Invocation;
using LlmDapr.Sidecar.PubSub.Delivery;
using LlmDapr.Sidecar.PubSub.Queue;
using LlmDapr.Sidecar.Telemetry;

namespace LlmDapr.Sidecar.Tests.PubSub.Delivery;

public sealed class DeliveryRequestTests
{
    private const string Trace = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01";

    [Fact]
    public void Write_Metadata_BecomesHeadersBesideTheSidecarsOwn()
    {
        using var request = Write(new() { ["foo"] = "bär", ["content-type"] = "text/plain", ["Host"] = "evil", ["traceparent"] = Trace, ["connection"] = "close" }, token: "secret");

        Assert.Equal("http://app/in?x=1", request.RequestUri!.ToString());
        Assert.Equal("b\u00C3\u00A4r", Assert.Single(request.Headers.GetValues("Foo")));
        Assert.Equal("application/cloudevents+json", request.Content!.Headers.ContentType!.ToString());
        Assert.Equal("pubsub", Assert.Single(request.Headers.GetValues("Pubsubname")));
        Assert.Equal(TraceContext.Zeros, Assert.Single(request.Headers.GetValues("Traceparent")));
        Assert.Equal("secret", Assert.Single(request.Headers.GetValues("Dapr-Api-Token")));
        Assert.Equal(2, request.Content.Headers.ContentLength);
        Assert.False(request.Headers.Contains("Host"));
        Assert.False(request.Headers.Contains("Connection"));
    }

    [Fact]
    public void Write_MetadataThatIsNoHeader_IsNamedAndLeftOut()
    {
        var undeliverable = new List<string>();
        using var request = Write(new() { ["a b"] = "1", [""] = "2", ["line"] = "a\nb", ["good"] = "yes" }, undeliverable: undeliverable);

        Assert.Equal(["", "a b", "line"], undeliverable.Order(StringComparer.Ordinal));
        Assert.True(request.Headers.Contains("Good"));
    }

    [Theory]
    [InlineData("""{"traceparent":""}""", false, TraceContext.Zeros)]
    [InlineData($$"""{"data":{"traceparent":"no"},"traceparent":"{{Trace}}"}""", false, Trace)]
    [InlineData("""{"id":"x"}""", false, null)]
    [InlineData("no json", false, null)]
    public void Write_Trace_IsTheEnvelopes(string envelope, bool always, string? traceparent)
    {
        using var request = Write([], envelope, always ? Tracing.Always : Tracing.Seldom);

        Assert.Equal(traceparent, request.Headers.TryGetValues("Traceparent", out var values) ? values.Single() : null);
    }

    [Fact]
    public void Write_EveryCallIsTraced_DeliveryHasASpanOfItsOwn()
    {
        using var request = Write([], $$"""{"traceparent":"{{Trace}}"}""", Tracing.Always);

        var sent = request.Headers.GetValues("Traceparent").Single();
        Assert.Equal((Trace[..36], Trace[52..]), (sent[..36], sent[52..]));
        Assert.NotEqual(Trace, sent);
    }

    private static HttpRequestMessage Write(
        Dictionary<string, string> metadata, string? envelope = null, Tracing tracing = Tracing.Seldom, string? token = null, List<string>? undeliverable = null)
    {
        using var channel = new AppChannel("app", "http://app", 4096, 0, token);
        var data = System.Text.Encoding.UTF8.GetBytes(envelope ?? "{}");
        var head = envelope is null ? new EventHead("e", "") : EventHead.Of(data);
        return DeliveryRequest.Write(channel, "/in?x=1", "pubsub", new Message(1, data, metadata, null), head, tracing, undeliverable ?? []);
    }
}
