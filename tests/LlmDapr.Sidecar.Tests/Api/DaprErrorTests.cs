using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.Tests.Api;

public sealed class DaprErrorTests
{
    [Fact]
    public void Quote_TextWithMarkup_IsEscapedAsGoDoes() =>
        Assert.Equal("\"a \\\"b\\\" \\u003cc\\u003e \\u0026 ü\"", DaprError.Quote("a \"b\" <c> & ü"));
}
