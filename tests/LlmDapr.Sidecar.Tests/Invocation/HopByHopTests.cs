using LlmDapr.Sidecar.Invocation;

namespace LlmDapr.Sidecar.Tests.Invocation;

public sealed class HopByHopTests
{
    [Theory]
    [InlineData("Connection", true)]
    [InlineData("keep-alive", true)]
    [InlineData("TE", true)]
    [InlineData("Trailer", true)]
    [InlineData("Transfer-Encoding", true)]
    [InlineData("Upgrade", true)]
    [InlineData("HTTP2-Settings", true)]
    [InlineData("Proxy-Authorization", true)]
    [InlineData("Proxy-Authenticate", true)]
    [InlineData("Proxy-Connection", true)]
    [InlineData("Content-Type", false)]
    [InlineData("Retry-After", false)]
    [InlineData("x-request-id", false)]
    public void Is_Name_IsJudged(string name, bool hop) => Assert.Equal(hop, HopByHop.Is(name));

    [Fact]
    public void NamedBy_ConnectionHeader_HasItsNamesOnly()
    {
        Assert.Equal(["X-One", "x-two"], HopByHop.NamedBy("keep-alive, X-One , x-two")!);
        Assert.Null(HopByHop.NamedBy("keep-alive"));
        Assert.Null(HopByHop.NamedBy(default));
    }
}
