using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.Tests.Api;

public sealed class OtherApisTests
{
    [Theory]
    [InlineData("POST", "/v1.0/publish/bulk/pubsub/topic", "bulk publish")]
    [InlineData("GET", "/v1.0/secrets/store/key", "secrets")]
    [InlineData("POST", "/v1.0-alpha1/lock/store", "lock")]
    [InlineData("POST", "/v1.0-alpha2/conversation/llm/converse", "conversation")]
    [InlineData("POST", "/v1.0/bindings/queue", "bindings")]
    public void Find_RouteOfDaprd_NamesTheApi(string method, string path, string name) => Assert.Equal(name, OtherApis.Find(method, path)?.Name);

    [Theory]
    [InlineData("GET", "/v1.0/state/store/key")]
    [InlineData("DELETE", "/v1.0/publish/a/b")]
    [InlineData("POST", "/v1.0/publish/a")]
    [InlineData("GET", "/v1.0/foo")]
    public void Find_WrongVerbOrUnknownRoute_IsNoneOfThem(string method, string path) => Assert.Null(OtherApis.Find(method, path));
}
