using System.Text;
using System.Text.Json;
using LlmDapr.Sidecar.PubSub.Delivery;
using LlmDapr.Sidecar.PubSub.Publishing;
using LlmDapr.Sidecar.PubSub.Subscriptions;
using LlmDapr.Sidecar.Telemetry;

namespace LlmDapr.Sidecar.Tests.PubSub.Publishing;

public sealed class EnvelopeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 15, 0, 0, 700, TimeSpan.Zero);

    [Fact]
    public void Build_Json_IsDataWithSortedKeysAndNumbersAsSpelled()
    {
        var envelope = Build("""{ "z": 1.50, "a": {"b": 9007199254740993, "a": 1e3} }""", "application/json", ("cloudevent.id", "i"));

        Assert.Equal(
            """{"data":{"a":{"a":1e3,"b":9007199254740993},"z":1.50},"datacontenttype":"application/json","id":"i","pubsubname":"ps","source":"me","specversion":"1.0","time":"2026-11-25T15:00:00Z","topic":"t","traceid":"","traceparent":"","tracestate":"","type":"com.dapr.event.sent"}""",
            envelope);
    }

    [Theory]
    [InlineData("application/json", "{not json")]
    [InlineData("application/json", """{"a":1} and more""")]
    [InlineData("application/vnd.acme+json", """{"a":1}""")]
    [InlineData("", "text")]
    public void Build_NoJson_IsAString(string contentType, string body)
    {
        using var envelope = JsonDocument.Parse(Build(body, contentType));

        Assert.Equal(body, envelope.RootElement.GetProperty("data").GetString());
        Assert.Equal(contentType.Length == 0 ? "text/plain" : contentType, envelope.RootElement.GetProperty("datacontenttype").GetString());
    }

    [Fact]
    public void Build_BytesThatAreNoText_AreReplacedOneByOneInTextAndKeptInBase64()
    {
        byte[] bytes = [(byte)'a', 0xFF, 0xE2, 0x82, (byte)'b'];

        Assert.Contains("\"data\":\"a\\ufffd\\ufffd\\ufffdb\"", Build(bytes, "image/png"), StringComparison.Ordinal);
        Assert.Contains($"\"data_base64\":\"{Convert.ToBase64String(bytes)}\"", Build(bytes, "application/octet-stream"), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_StringsWithEscapes_AreWrittenAsGoWritesThem()
    {
        var envelope = Build("""["<&>\"\\\/\b\f\n\r\t\u0001\u00e4\ud83d\ude00\u2028\ud800"]""", "application/json");

        Assert.Contains("""["\u003c\u0026\u003e\"\\/\b\f\n\r\t\u0001ä😀\u2028""" + "\uFFFD\"]", envelope, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_DeeplyNestedJson_StaysJsonAndIsStillRoutedAndRead()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 990)) + string.Concat(Enumerable.Repeat("]", 990));

        var envelope = Build(deep, "application/json", ("cloudevent.id", "i"));

        Assert.StartsWith($"{{\"data\":{deep},", envelope, StringComparison.Ordinal);
        Assert.True(RouteRule.When("event.id == 'i'", "/x").Holds(new RoutedEvent(Encoding.UTF8.GetBytes(envelope))));
        Assert.Equal("i", EventHead.Of(Encoding.UTF8.GetBytes(envelope)).Id);
    }

    [Fact]
    public void Build_AFieldThatIsThereTwice_HasItsLastValue() =>
        Assert.Contains("\"data\":{\"a\":2}", Build("""{"a":1,"a":2}""", "application/json"), StringComparison.Ordinal);

    [Fact]
    public void Build_OverridesInAnyCase_ReplaceTheAttributesThatMayBe()
    {
        using var envelope = JsonDocument.Parse(Build(
            "x", "text/plain", ("CloudEvent.ID", "i"), ("cloudevent.type", "ty"), ("cloudevent.source", "so"), ("cloudevent.subject", "su"), ("cloudevent.time", "never"), ("cloudevent.traceid", "tr")));

        Assert.Equal(
            ["i", "ty", "so", "su", "2026-11-25T15:00:00Z", "tr", "tr"],
            ((string[])["id", "type", "source", "subject", "time", "traceid", "traceparent"]).Select(name => envelope.RootElement.GetProperty(name).GetString()));
    }

    [Fact]
    public void Build_CloudEvent_IsCompletedAndKeepsItsOwn()
    {
        var envelope = Build("""{"id":"i","source":null,"ext":{"b":1,"a":true},"topic":"other","traceparent":"theirs"}""", "Application/CloudEvents+JSON; charset=utf-8");

        Assert.Equal(
            """{"ext":{"a":true,"b":1},"id":"i","pubsubname":"ps","source":"Dapr","specversion":"1.0","time":"2026-11-25T15:00:00Z","topic":"t","traceid":"","traceparent":"","tracestate":"","type":"com.dapr.event.sent"}""",
            envelope);
    }

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("{nope", "invalid character 'n' looking for beginning of object key string")]
    [InlineData("""{"a":""", "unexpected EOF")]
    [InlineData("""{"a" 1}""", "invalid character '1' after object key")]
    [InlineData("""{"a":1 "b"}""", "invalid character '\"' after object key:value pair")]
    [InlineData("""{"a":[1 2]}""", "invalid character '2' after array element")]
    [InlineData("""{"a":trux}""", "invalid character 'x' in literal true (expecting 'e')")]
    [InlineData("nope", "invalid character 'o' in literal null (expecting 'u')")]
    [InlineData("[1]", "json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("7", "json: cannot unmarshal number into Go value of type map[string]interface {}")]
    public void Build_NoCloudEvent_FailsInGosWords(string body, string error) =>
        Assert.Equal(error, Assert.Throws<InvalidEventException>(() => Build(body, "application/cloudevents+json")).Message);

    [Fact]
    public void Build_WithExpiry_SaysSo() =>
        Assert.Contains(
            "\"expiration\":\"2026-11-25T15:01:00Z\"",
            Encoding.UTF8.GetString(Envelope.Build(Call("x"u8.ToArray(), "text/plain"), "me", Now, Now.AddMinutes(1))),
            StringComparison.Ordinal);

    private static string Build(string body, string contentType, params (string Key, string Value)[] metadata) =>
        Build(Encoding.UTF8.GetBytes(body), contentType, metadata);

    private static string Build(byte[] body, string contentType, params (string Key, string Value)[] metadata) =>
        Encoding.UTF8.GetString(Envelope.Build(Call(body, contentType, metadata), "me", Now, null));

    private static PublishCall Call(byte[] body, string contentType, params (string Key, string Value)[] metadata) =>
        new("ps", "t", body, contentType, metadata.ToDictionary(pair => pair.Key, pair => pair.Value), new TraceContext(TraceContext.Zeros, false, default, default));
}
