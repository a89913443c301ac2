using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.Tests.Api;

public sealed class GoPathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("", "/")]
    [InlineData("/echo/a", "/echo/a")]
    [InlineData("//echo//a", "/echo/a")]
    [InlineData("/echo/a/", "/echo/a")]
    [InlineData("/echo/x/../b", "/echo/b")]
    [InlineData("/echo/./b", "/echo/b")]
    [InlineData("/../../../echo/b", "/echo/b")]
    [InlineData("/..", "/")]
    [InlineData("/.well-known/x", "/.well-known/x")]
    [InlineData("/...", "/...")]
    public void Clean_Path_IsResolved(string path, string clean) => Assert.Equal(clean, GoPath.Clean(path));

    [Theory]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/%41%7E", "/A~")]
    [InlineData("/a%25b", "/a%b")]
    [InlineData("/plain", "/plain")]
    [InlineData("/%E4%BD%A0", "/ä½\u00a0")]
    public void TryDecode_EscapedPath_GivesBytes(string text, string decoded)
    {
        Assert.True(GoPath.TryDecode(text, out var actual));
        Assert.Equal(decoded, actual);
    }

    [Theory]
    [InlineData("/a%zz")]
    [InlineData("/a%4")]
    [InlineData("/a%")]
    public void TryDecode_MalformedEscape_IsRefused(string text) => Assert.False(GoPath.TryDecode(text, out _));

    [Theory]
    [InlineData("/echo/~*!'()$,", "/echo/~*!'()$,")]
    [InlineData("/a:b@c;x=1+y", "/a:b@c;x=1+y")]
    [InlineData("/a b", "/a%20b")]
    [InlineData("/a\\b", "/a%5Cb")]
    [InlineData("/ä½\u00a0", "/%E4%BD%A0")]
    [InlineData("/a b*", "/a%20b%2A")]
    public void Encode_DecodedPath_IsWrittenAsGoDoes(string path, string encoded) => Assert.Equal(encoded, GoPath.Encode(path));

    [Theory]
    [InlineData("/echo/a%b", "%b")]
    [InlineData("/echo/a%zzq", "%zz")]
    [InlineData("/echo/a%41", null)]
    [InlineData("/echo/a", null)]
    public void BadEscape_Path_NamesTheFirst(string path, string? escape) => Assert.Equal(escape, GoPath.BadEscape(path));

    [Fact]
    public void ToText_BytesOfUtf8_AreRead() => Assert.Equal("你", GoPath.ToText("ä½\u00a0"));
}
