using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.Tests.Api;

public sealed class HeaderNameTests
{
    [Theory]
    [InlineData("x-app", "X-App")]
    [InlineData("ETag", "Etag")]
    [InlineData("WWW-Authenticate", "Www-Authenticate")]
    [InlineData("x-request-ID", "X-Request-Id")]
    [InlineData("a", "A")]
    [InlineData("x_y", "X_y")]
    public void Canonical_Name_IsWrittenAsGoDoes(string name, string canonical) => Assert.Equal(canonical, HeaderName.Canonical(name));

    [Fact]
    public void Canonical_NameThatAlreadyIs_IsNotCopied()
    {
        const string Name = "Content-Type";

        Assert.Same(Name, HeaderName.Canonical(Name));
    }
}
