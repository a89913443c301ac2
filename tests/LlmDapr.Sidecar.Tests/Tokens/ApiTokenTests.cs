using LlmDapr.Sidecar.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace LlmDapr.Sidecar.Tests.Tokens;

public sealed class ApiTokenTests
{
    [Theory]
    [InlineData("secret", true)]
    [InlineData("SECRET", false)]
    [InlineData("secret ", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Accepts_TokenIsWanted_OnlyTheSame(string? given, bool accepted) => Assert.Equal(accepted, ApiToken.Accepts("secret", Headers(given)));

    [Fact]
    public void Accepts_NoTokenIsWanted_Anything() => Assert.True(ApiToken.Accepts(null, Headers("whatever")));

    [Fact]
    public void Accepts_TheRightOneSecond_IsRefused()
    {
        var headers = new HeaderDictionary { ["dapr-api-token"] = new StringValues(["bad", "secret"]) };

        Assert.False(ApiToken.Accepts("secret", headers));
    }

    private static HeaderDictionary Headers(string? token) => token is null ? [] : new HeaderDictionary { ["dapr-api-token"] = token };
}
