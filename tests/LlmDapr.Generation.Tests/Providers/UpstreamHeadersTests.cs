using LlmDapr.Generation.Providers;
using LlmDapr.Generation.Tests.Streaming;

namespace LlmDapr.Generation.Tests.Providers;

public sealed class UpstreamHeadersTests
{
    [Theory]
    [InlineData("Content-Type", "content-type")]
    [InlineData("Retry-After", "retry-after")]
    [InlineData("retry-after-ms", "retry-after-ms")]
    [InlineData("X-RateLimit-Remaining-Tokens", "x-ratelimit-remaining-tokens")]
    [InlineData("x-ratelimit-anything-new", "x-ratelimit-anything-new")]
    [InlineData("openai-processing-ms", "openai-processing-ms")]
    [InlineData("openai-organization", "openai-organization")]
    [InlineData("X-Should-Retry", "x-should-retry")]
    [InlineData("X-Request-Id", "x-llmdapr-upstream-request-id")]
    public void ForCaller_Useful_Pass(string name, string passed) => Assert.Equal([passed, "v"], Assert.Single(For((name, "v"))));

    [Theory]
    [InlineData("Set-Cookie")]
    [InlineData("Content-Length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Content-Encoding")]
    [InlineData("Connection")]
    [InlineData("Server")]
    [InlineData("x-llmdapr-target")]
    public void ForCaller_Others_DoNot(string name) => Assert.Empty(For((name, "v")));

    [Theory]
    [InlineData("caf\u00e9")]
    [InlineData("a\u0001b")]
    [InlineData("a\u007fb")]
    public void ForCaller_ValueThatNoServerCanSend_DoesNot(string value) => Assert.Empty(For(("openai-organization", value)));

    private static List<string[]> For(params (string Name, string Value)[] headers) => new ProviderResponse(new FakeResponse(Stream.Null, 200, headers)).CallerHeaders();
}
