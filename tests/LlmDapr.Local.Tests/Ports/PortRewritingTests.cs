using LlmDapr.Local.Ports;

namespace LlmDapr.Local.Tests.Ports;

public sealed class PortRewritingTests
{
    private static readonly Dictionary<int, int> Moved = new() { [5090] = 20001, [5080] = 20002 };

    [Theory]
    [InlineData("http://localhost:5090/v1", "http://localhost:20001/v1")]
    [InlineData("http://127.0.0.1:5090/v1", "http://127.0.0.1:20001/v1")]
    [InlineData("http://[::1]:5090", "http://[::1]:20001")]
    [InlineData("LOCALHOST:5090", "LOCALHOST:20001")]
    [InlineData("localhost:5090;localhost:5080", "localhost:20001;localhost:20002")]
    [InlineData("http://localhost:50901/", "http://localhost:50901/")]
    [InlineData("http://localhost:509/", "http://localhost:509/")]
    [InlineData("http://notlocalhost:5090/", "http://notlocalhost:5090/")]
    [InlineData("http://my.localhost:5090/", "http://my.localhost:5090/")]
    [InlineData("http://example.com:5090/", "http://example.com:5090/")]
    [InlineData("5090", "5090")]
    [InlineData("", "")]
    public void Rewrite_Text_ChangesOnlyLocalAddressesThatMoved(string text, string expected) =>
        Assert.Equal(expected, PortRewriting.Rewrite(text, Moved));
}
