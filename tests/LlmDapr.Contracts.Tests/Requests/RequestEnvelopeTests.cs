using System.Text;
using LlmDapr.Contracts.Requests;

namespace LlmDapr.Contracts.Tests.Requests;

public sealed class RequestEnvelopeTests
{
    [Fact]
    public void TryRead_WholeRequest_HasItsFields()
    {
        var envelope = Bodies.Read("""{"model":"gpt-5","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true},"n":3}""");

        Assert.Equal("gpt-5", envelope.Model);
        Assert.True(envelope.Stream);
        Assert.True(envelope.IncludesUsage);
        Assert.Equal(3, envelope.Choices);
    }

    [Fact]
    public void TryRead_OnlyTheNecessary_HasDefaults()
    {
        var envelope = Bodies.Read("""{"messages":[{}],"model":"m"}""");

        Assert.False(envelope.Stream);
        Assert.False(envelope.IncludesUsage);
        Assert.Equal(1, envelope.Choices);
    }

    [Theory]
    [InlineData("""{"messages":[{}]}""", "model", "missing_required_parameter")]
    [InlineData("""{"model":null,"messages":[{}]}""", "model", "invalid_type")]
    [InlineData("""{"model":1,"messages":[{}]}""", "model", "invalid_type")]
    [InlineData("""{"model":["m"],"messages":[{}]}""", "model", "invalid_type")]
    [InlineData("""{"model":{},"messages":[{}]}""", "model", "invalid_type")]
    [InlineData("""{"model":true,"messages":[{}]}""", "model", "invalid_type")]
    [InlineData("""{"model":"","messages":[{}]}""", "model", "invalid_value")]
    [InlineData("""{"model":"m","model":"m","messages":[{}]}""", "model", "duplicate_field")]
    [InlineData("""{"model":"m","mod\u0065l":"m2","messages":[{}]}""", "model", "duplicate_field")]
    [InlineData("""{"model":"m"}""", "messages", "missing_required_parameter")]
    [InlineData("""{"model":"m","messages":null}""", "messages", "invalid_type")]
    [InlineData("""{"model":"m","messages":"hi"}""", "messages", "invalid_type")]
    [InlineData("""{"model":"m","messages":{}}""", "messages", "invalid_type")]
    [InlineData("""{"model":"m","messages":[]}""", "messages", "empty_array")]
    [InlineData("""{"model":"m","messages":["hi"]}""", "messages[0]", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{},null]}""", "messages[1]", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{}],"messages":[{}]}""", "messages", "duplicate_field")]
    [InlineData("""{"model":"m","messages":[{}],"stream":"true"}""", "stream", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{}],"stream":1}""", "stream", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{}],"stream":true,"stream":false}""", "stream", "duplicate_field")]
    [InlineData("""{"model":"m","messages":[{}],"n":1,"n":2}""", "n", "duplicate_field")]
    [InlineData("""{"model":"m","messages":[{}],"stream_options":true}""", "stream_options", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{}],"stream_options":[]}""", "stream_options", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{}],"stream_options":{},"stream_options":{}}""", "stream_options", "duplicate_field")]
    [InlineData("""{"model":"m","messages":[{}],"stream_options":{"include_usage":"yes"}}""", "stream_options.include_usage", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{}],"stream_options":{"include_usage":{}}}""", "stream_options.include_usage", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{}],"stream_options":{"include_usage":true,"include_usage":false}}""", "stream_options.include_usage", "invalid_type")]
    public void TryRead_WrongField_NamesItAndSaysWhatItMustBe(string body, string param, string code)
    {
        var error = Bodies.Refuse(body);

        Assert.Equal((400, "invalid_request_error", param, code), (error.Status, error.Type, error.Param, error.Code));
        Assert.Contains($"'{param}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"model\"")]
    [InlineData("{")]
    [InlineData("""{"model":"m","messages":[{}]""")]
    [InlineData("""{"model":"m","messages":[{}]}}""")]
    [InlineData("""{"model":"m","messages":[{}]} x""")]
    [InlineData("""{"model":"m","messages":[{}]}{"model":"m","messages":[{}]}""")]
    [InlineData("""{"model":"m","messages":[{}],}""")]
    [InlineData("""{"model":"m","messages":[{}] /* why not */}""")]
    [InlineData("""{"model":"m","messages":[{}],"x":NaN}""")]
    [InlineData("""{"model":"m","messages":[{}],"x":01}""")]
    [InlineData("{'model':'m'}")]
    [InlineData("\ufeff{\"model\":\"m\",\"messages\":[{}]}")]
    [InlineData("""{"model":"\ud800","messages":[{}]}""")]
    [InlineData("""{"model":"\udc00x","messages":[{}]}""")]
    [InlineData("""{"model":"\u00","messages":[{}]}""")]
    public void TryRead_NotOneJsonObject_IsRefused(string body)
    {
        var error = Bodies.Refuse(body);

        Assert.Equal((400, "invalid_request_error", "invalid_json"), (error.Status, error.Type, error.Code));
    }

    [Fact]
    public void TryRead_BrokenJson_NamesThePlace()
    {
        var error = Bodies.Refuse("{\"model\":\"m\",\n\"messages\":[}");

        Assert.Contains("line 2, byte 13", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc3, 0x28 })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xf0, 0x9f, 0x98 })]
    [InlineData(new byte[] { 0xc0, 0xaf })]
    public void TryRead_MalformedUtf8Anywhere_IsRefused(byte[] bad)
    {
        byte[] body = [.. "{\"model\":\"m\",\"messages\":[{\"content\":\""u8, .. bad, .. "\"}]}"u8];

        var error = Bodies.Refuse(body);

        Assert.Equal((400, "invalid_request_error", "invalid_utf8"), (error.Status, error.Type, error.Code));
    }

    [Theory]
    [InlineData("""{"model":"caf\u00e9","messages":[{}]}""", "café")]
    [InlineData("""{"model":"caf\u00E9","messages":[{}]}""", "café")]
    [InlineData("""{"model":"café","messages":[{}]}""", "café")]
    [InlineData("""{"model":"\ud83d\ude00","messages":[{}]}""", "😀")]
    [InlineData("""{"model":"a\/b\"c\\d","messages":[{}]}""", "a/b\"c\\d")]
    [InlineData("""{"mod\u0065l":"m","m\u0065ssages":[{}]}""", "m")]
    public void TryRead_Escapes_AreUnderstood(string body, string model) => Assert.Equal(model, Bodies.Read(body).Model);

    [Fact]
    public void TryRead_LoneSurrogateInAPrompt_PassesThrough()
    {
        const string Body = """{"model":"m","messages":[{"role":"user","content":"\ud800"}],"x":"\udfff"}""";

        Assert.Equal(Body, Bodies.Spliced(Body, "m", includeUsage: true));
    }

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void TryRead_LongModel_IsTakenUpTo512Characters(int length, bool taken)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"{{new string('m', length)}}","messages":[{}]}""");

        Assert.Equal(taken, RequestEnvelope.TryRead(body, RequestKind.ChatCompletion, out _, out var error));
        Assert.Equal(taken ? null : "model", error?.Param);
    }

    [Theory]
    [InlineData("null", false)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public void TryRead_Stream_MayBeNull(string value, bool stream) =>
        Assert.Equal(stream, Bodies.Read($$"""{"model":"m","messages":[{}],"stream":{{value}}}""").Stream);

    [Theory]
    [InlineData("null", false)]
    [InlineData("{}", false)]
    [InlineData("{ \"x\" : [ {} ] }", false)]
    [InlineData("{\"include_usage\":null}", false)]
    [InlineData("{\"include_usage\":false}", false)]
    [InlineData("{\"include_usage\":true}", true)]
    [InlineData("{\"x\":{\"include_usage\":true}}", false)]
    [InlineData("{\"x\":1,\"include\\u005fusage\" : true,\"y\":{}}", true)]
    public void TryRead_StreamOptions_TellWhetherUsageIsWanted(string value, bool wanted) =>
        Assert.Equal(wanted, Bodies.Read($$"""{"model":"m","messages":[{}],"stream_options":{{value}}}""").IncludesUsage);

    [Theory]
    [InlineData("1", 1)]
    [InlineData("2", 2)]
    [InlineData("128", 128)]
    [InlineData("2.0", 2)]
    [InlineData("0.4e1", 4)]
    [InlineData("0", 1)]
    [InlineData("-1", 1)]
    [InlineData("1.5", 1)]
    [InlineData("null", 1)]
    [InlineData("\"2\"", 1)]
    [InlineData("[2]", 1)]
    [InlineData("{\"n\":2}", 1)]
    [InlineData("99999999999999999999999999999999999999", 1)]
    [InlineData("1e999", 1)]
    public void TryRead_Choices_AreOneWhereTheProviderMustJudge(string value, int choices) =>
        Assert.Equal(choices, Bodies.Read($$"""{"model":"m","messages":[{}],"n":{{value}}}""").Choices);

    [Fact]
    public void TryRead_HugeNumbersElsewhere_AreNobodysBusiness()
    {
        var body = $$"""{"model":"m","messages":[{}],"seed":{{new string('9', 5000)}},"t":1E+4000,"z":-0.0e-0}""";

        Assert.Equal(body, Bodies.Spliced(body, "m", includeUsage: true));
    }

    [Theory]
    [InlineData(250, true)]
    [InlineData(100_000, false)]
    public void TryRead_DeepNesting_IsBounded(int depth, bool taken)
    {
        var body = $$"""{"model":"m","messages":[{}],"x":{{new string('[', depth)}}{{new string(']', depth)}}}""";

        Assert.Equal(taken, RequestEnvelope.TryRead(Encoding.UTF8.GetBytes(body), RequestKind.ChatCompletion, out _, out var error));
        Assert.Equal(taken ? null : 400, error?.Status);
    }

    [Fact]
    public void TryRead_NamesOfNestedObjects_AreNotTheRequests()
    {
        var envelope = Bodies.Read("""{"metadata":{"model":"x","stream":true,"messages":0},"model":"m","messages":[{"model":"y","stream":true}]}""");

        Assert.Equal(("m", false), (envelope.Model, envelope.Stream));
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("[\"a\",\"b\"]")]
    [InlineData("[1,2,3]")]
    [InlineData("[[1,2],[3]]")]
    [InlineData("[]")]
    public void TryRead_EmbeddingsInput_MayBeTextOrArray(string input) =>
        Assert.Equal("e", Bodies.Read($$"""{"model":"e","input":{{input}}}""", RequestKind.Embeddings).Model);

    [Theory]
    [InlineData("""{"model":"e"}""", "input", "missing_required_parameter")]
    [InlineData("""{"input":"x"}""", "model", "missing_required_parameter")]
    [InlineData("""{"model":"e","input":null}""", "input", "invalid_type")]
    [InlineData("""{"model":"e","input":{}}""", "input", "invalid_type")]
    [InlineData("""{"model":"e","input":5}""", "input", "invalid_type")]
    [InlineData("""{"model":"e","input":"a","input":"b"}""", "input", "duplicate_field")]
    public void TryRead_WrongEmbeddingsField_NamesIt(string body, string param, string code)
    {
        var error = Bodies.Refuse(body, RequestKind.Embeddings);

        Assert.Equal((400, param, code), (error.Status, error.Param, error.Code));
    }

    [Fact]
    public void TryRead_EmbeddingsWithChatFields_DoesNotLookAtThem()
    {
        var envelope = Bodies.Read("""{"model":"e","input":"x","stream":"?","n":"?","messages":1,"stream_options":7}""", RequestKind.Embeddings);

        Assert.False(envelope.Stream);
    }
}
