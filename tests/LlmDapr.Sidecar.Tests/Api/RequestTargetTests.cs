using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.Tests.Api;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/v1.0/healthz/", "/v1.0/healthz/", "/v1.0/healthz", "")]
    [InlineData("/a?x=%2F", "/a", "/a", "?x=%2F")]
    [InlineData("/a?", "/a", "/a", "")]
    [InlineData("/a?b=?c", "/a", "/a", "?b=?c")]
    [InlineData("http://host:1/v1.0/metadata?q", "/v1.0/metadata", "/v1.0/metadata", "?q")]
    [InlineData("http://host:1", "/", "/", "")]
    [InlineData("/v1.0/invoke/a/method/../../../../v1.0/metadata", "/v1.0/invoke/a/method/../../../../v1.0/metadata", "/v1.0/metadata", "")]
    public void TryParse_Target_IsTakenApart(string raw, string path, string route, string query)
    {
        Assert.True(RequestTarget.TryParse(raw, out var target));
        Assert.Equal((path, route, query), (target.Path, target.RoutePath, target.Query));
    }

    [Fact]
    public void TryParse_EscapesInThePath_AreKeptBesideTheDecodedOne()
    {
        Assert.True(RequestTarget.TryParse("http://host/a%2Fb?c", out var target));

        Assert.Equal(("/a/b", "/a%2Fb"), (target.Path, target.EncodedPath));
    }

    [Fact]
    public void TryParse_MalformedEscapeInThePath_IsRefused() => Assert.False(RequestTarget.TryParse("/a%zz?q=1", out _));

    [Fact]
    public void TryParse_MalformedEscapeInTheQuery_IsLeftAlone() => Assert.True(RequestTarget.TryParse("/a?q=%zz", out _));
}
