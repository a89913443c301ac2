using LlmDapr.Sidecar.PubSub;

namespace LlmDapr.Sidecar.Tests.PubSub;

public sealed class TopicScopesTests
{
    [Theory]
    [InlineData("", "", "", "t", true)]
    [InlineData("a,b", "", "", "t", false)]
    [InlineData("a, t", "", "", "t", true)]
    [InlineData("", "t", "", "t", false)]
    [InlineData("", "t", "me=t", "t", true)]
    [InlineData("", "", "me=a", "t", false)]
    [InlineData("", "", "me=", "t", false)]
    [InlineData("", "", "you=a", "t", true)]
    [InlineData("", "", "you=a; me = t , b", "t", true)]
    [InlineData("a", "", "me=t", "t", false)]
    public void MayPublish_ByTheComponentsSettings_IsAsDaprdHasIt(string allowed, string @protected, string scopes, string topic, bool may)
    {
        var settings = new Dictionary<string, string> { ["allowedTopics"] = allowed, ["protectedTopics"] = @protected, ["publishingScopes"] = scopes };

        Assert.Equal(may, new TopicScopes(new PubSubComponent("ps", settings), "me").MayPublish(topic));
    }

    [Fact]
    public void MaySubscribe_HasAScopeOfItsOwn()
    {
        var scopes = new TopicScopes(new PubSubComponent("ps", new Dictionary<string, string> { ["publishingScopes"] = "me=a", ["SubscriptionScopes"] = "me=b" }), "me");

        Assert.Equal((true, false, false, true), (scopes.MayPublish("a"), scopes.MaySubscribe("a"), scopes.MayPublish("b"), scopes.MaySubscribe("b")));
    }
}
