using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.Tests.Api;

public sealed class DaprErrorTests
{
    [Theory]
    [InlineData("😀 é 日", "\"😀 é 日\"")]
    [InlineData("😀\n\u0001\u2028\\", "\"😀\\n\\u0001\\u2028\\\\\"")]
    public void Quote_AnyCharacter_IsWrittenAsGoDoes(string text, string quoted) => Assert.Equal(quoted, DaprError.Quote(text));

    [Fact]
    public void Quote_TextWithMarkup_IsEscapedAsGoDoes() =>
        Assert.Equal("\"a \\\"b\\\" \\u003cc\\u003e \\u0026 ü\"", DaprError.Quote("a \"b\" <c> & ü"));
}
