using System.Text;
using LlmDapr.Sidecar.Invocation;

namespace LlmDapr.Sidecar.Tests.Invocation;

public sealed class ContentSnifferTests
{
    [Theory]
    [InlineData("hello", "text/plain; charset=utf-8")]
    [InlineData("{\"a\":1}", "text/plain; charset=utf-8")]
    [InlineData("<html></html>", "text/html; charset=utf-8")]
    [InlineData("  <!doctype html>", "text/html; charset=utf-8")]
    [InlineData("<htmlx>", "text/plain; charset=utf-8")]
    [InlineData("<?xml version=\"1.0\"?>", "text/xml; charset=utf-8")]
    [InlineData("%PDF-1.7", "application/pdf")]
    [InlineData("GIF89a", "image/gif")]
    [InlineData("a\0b", "application/octet-stream")]
    public void Detect_FirstBytes_NameTheType(string start, string type) => Assert.Equal(type, ContentSniffer.Detect(Encoding.UTF8.GetBytes(start)));
}
