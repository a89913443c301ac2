using System.Globalization;
using LlmDapr.Contracts;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Local.Tests.DaprYaml;

/// <summary>The files in <c>components/</c> say what the recordings of daprd ask for, under the names of Contracts.</summary>
public sealed class ComponentTests
{
    private const string EventCaller = "event-caller";

    [Theory]
    [InlineData("statestore.yaml", DaprComponents.StateStore, "state.redis", AppIds.Edge, AppIds.Generation)]
    [InlineData("pubsub.yaml", DaprComponents.PubSub, "pubsub.redis", AppIds.Edge, AppIds.Generation, EventCaller)]
    public void Component_OfRedis_HasItsNameScopesAndHostByEnvironment(string file, string name, string type, params string[] scopes)
    {
        var component = RepositoryYaml.Read("components", file);
        Assert.Equal((name, type, "v1"), (component["metadata"]["name"].ToString(), component["spec"]["type"].ToString(), component["spec"]["version"].ToString()));
        Assert.Equal(scopes, RepositoryYaml.Texts(component["scopes"]));
        var host = Metadata(component).Single(entry => entry["name"].ToString() == "redisHost");
        Assert.Equal("REDIS_HOST", host["envRef"].ToString());
        Assert.DoesNotContain("value", host.Children.Keys.Select(key => key.ToString()));
    }

    [Fact]
    public void StateStore_ServicesShareKeys() => Assert.Equal("llmdapr", Value(RepositoryYaml.Read("components", "statestore.yaml"), "keyPrefix"));

    [Fact]
    public void PubSub_DeliveryTimes_AreThoseThatDoubleAndLoseNothing()
    {
        var pubsub = RepositoryYaml.Read("components", "pubsub.yaml");
        Assert.Equal(Value(pubsub, "concurrency"), Value(pubsub, "queueDepth"));
        Assert.Equal("60s", Value(pubsub, "processingTimeout"));

        // daprd before 1.19 ignores anything but a whole number.
        Assert.True(int.TryParse(Value(pubsub, "redeliverInterval"), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0);
        Assert.DoesNotContain(Metadata(pubsub), entry => entry["name"].ToString() is "maxLenApprox" or "streamTTL" or "allowedTopics");
    }

    [Fact]
    public void PubSub_EventCaller_PublishesRequestsAndReadsResultsOnly()
    {
        var pubsub = RepositoryYaml.Read("components", "pubsub.yaml");
        Assert.Equal($"{EventCaller}={Topics.Requests}", Value(pubsub, "publishingScopes"));
        Assert.Equal($"{EventCaller}={Topics.Results}", Value(pubsub, "subscriptionScopes"));
    }

    [Fact]
    public void Resiliency_OfTheHop_IsForEdgeAlone()
    {
        var resiliency = RepositoryYaml.Read("components", "resiliency.yaml");
        Assert.Equal([AppIds.Edge], RepositoryYaml.Texts(resiliency["scopes"]));
        Assert.Equal([AppIds.Generation], ((YamlMappingNode)resiliency["spec"]["targets"]["apps"]).Children.Keys.Select(key => key.ToString()));
        Assert.DoesNotContain("components", ((YamlMappingNode)resiliency["spec"]["targets"]).Children.Keys.Select(key => key.ToString()));
    }

    [Fact]
    public void Resiliency_OfDeliveries_AsksAgainForEverAndNothingElse()
    {
        var resiliency = RepositoryYaml.Read("components", "resiliency-pubsub.yaml");
        var policies = (YamlMappingNode)resiliency["spec"]["policies"];
        var retry = policies["retries"]["delivery"];

        // Every app that the component lets in may subscribe, and loses what it refuses without this.
        Assert.Equal(RepositoryYaml.Texts(RepositoryYaml.Read("components", "pubsub.yaml")["scopes"]), RepositoryYaml.Texts(resiliency["scopes"]));
        Assert.Equal(("constant", "5s", "-1"), (retry["policy"].ToString(), retry["duration"].ToString(), retry["maxRetries"].ToString()));
        Assert.Equal(["retries"], policies.Children.Keys.Select(key => key.ToString()));
        var target = (YamlMappingNode)resiliency["spec"]["targets"]["components"][DaprComponents.PubSub];
        Assert.Equal(["inbound"], target.Children.Keys.Select(key => key.ToString()));
        Assert.Equal("delivery", target["inbound"]["retry"].ToString());
        Assert.Equal(["retry"], ((YamlMappingNode)target["inbound"]).Children.Keys.Select(key => key.ToString()));
    }

    private static IEnumerable<YamlMappingNode> Metadata(YamlMappingNode component) => ((YamlSequenceNode)component["spec"]["metadata"]).Children.Cast<YamlMappingNode>();

    private static string Value(YamlMappingNode component, string name) => Metadata(component).Single(entry => entry["name"].ToString() == name)["value"].ToString();
}
