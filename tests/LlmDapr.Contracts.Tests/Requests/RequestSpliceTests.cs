using System.Text;

namespace LlmDapr.Contracts.Tests.Requests;

public sealed class RequestSpliceTests
{
    private const string Plain = """{"model":"m","messages":[{}]}""";

    [Fact]
    public void WithTarget_NothingToChange_IsTheSameMemory()
    {
        var envelope = Bodies.Read(Plain);

        Assert.True(envelope.WithTarget("m", includeUsage: true).Span == envelope.Body.Span);
    }

    [Theory]
    [InlineData("{}", "{\"include_usage\":true}")]
    [InlineData("{ }", "{\"include_usage\":true }")]
    [InlineData("{ \"x\":1}", "{\"include_usage\":true, \"x\":1}")]
    [InlineData("null", "{\"include_usage\":true}")]
    [InlineData("{\"include_usage\":false}", "{\"include_usage\":true}")]
    [InlineData("{\"include_usage\" : null , \"x\":[]}", "{\"include_usage\" : true , \"x\":[]}")]
    [InlineData("{\"include_usage\":true}", "{\"include_usage\":true}")]
    public void WithTarget_StreamOptions_GetUsageAndKeepTheRest(string before, string after) =>
        Assert.Equal(
            $$"""{"model":"m","stream_options":{{after}},"stream":true,"messages":[{}]}""",
            Bodies.Spliced($$"""{"model":"m","stream_options":{{before}},"stream":true,"messages":[{}]}""", "m", includeUsage: true));

    [Fact]
    public void WithTarget_NoStreamOptions_GetsThemFirst() =>
        Assert.Equal(
            """ {"stream_options":{"include_usage":true}, "stream":true,"model":"m","messages":[{}]}""",
            Bodies.Spliced(""" { "stream":true,"model":"m","messages":[{}]}""", "m", includeUsage: true));

    [Theory]
    [InlineData("false", true)]
    [InlineData("null", true)]
    [InlineData("true", false)]
    public void WithTarget_NoStreamOrUsageOff_LeavesStreamOptions(string stream, bool includeUsage)
    {
        var body = $$"""{"stream_options":{"include_usage":false},"stream":{{stream}},"model":"m","messages":[{}]}""";

        Assert.Equal(body, Bodies.Spliced(body, "m", includeUsage));
    }

    [Theory]
    [InlineData("org/Model-1", "\"org/Model-1\"")]
    [InlineData("a\"b\\c\nd", "\"a\\\"b\\\\c\\nd\"")]
    [InlineData("模型", "\"模型\"")]
    public void WithTarget_Model_IsQuotedAsJson(string model, string quoted) =>
        Assert.Equal($$"""{"model":{{quoted}},"messages":[{}]}""", Bodies.Spliced(Plain, model, includeUsage: true));

    [Fact]
    public void WithTarget_EscapedModelOfTheSameName_StaysAsItIsSpelt()
    {
        const string Body = """{"model":"\u006d","messages":[{}]}""";

        Assert.Equal(Body, Bodies.Spliced(Body, "m", includeUsage: false));
    }

    [Fact]
    public void WithTarget_NonAsciiBefore_CountsBytesNotCharacters()
    {
        const string Body = """{"é😀":"é😀","model":"m","é":"模","messages":[{}]}""";

        Assert.Equal(Body.Replace("\"m\"", "\"target\"", StringComparison.Ordinal), Bodies.Spliced(Body, "target", includeUsage: false));
        Assert.NotEqual(Body.Length, Encoding.UTF8.GetByteCount(Body));
    }
}
