using System.Text;
using LlmDapr.Sidecar.PubSub.Subscriptions;
using Microsoft.Extensions.Logging.Testing;

namespace LlmDapr.Sidecar.Tests.PubSub.Subscriptions;

public sealed class SubscribeAnswerTests
{
    private readonly FakeLogger _logger = new();

    [Fact]
    public void Read_NamesInAnyCase_AreTaken()
    {
        var subscription = Assert.Single(Read("""[{"PubsubName":"ps","TOPIC":"t","Routes":{"Rules":[{"Match":"event.type == 'x'","Path":"/x"}],"Default":"d"},"DeadLetterTopic":"dead","metadata":{"a":"1"},"foo":[1]}]"""));

        Assert.Equal(("ps", "t", "dead", "1"), (subscription.PubSubName, subscription.Topic, subscription.DeadLetterTopic, subscription.Metadata["a"]));
        Assert.Equal([("event.type == 'x'", "/x", "/x"), ("", "d", "/d")], subscription.Rules.Select(rule => (rule.Match, rule.Path, rule.Target)));
        Assert.Equal(SubscriptionKind.Programmatic, subscription.Kind);
    }

    [Fact]
    public void Read_TheSameTopicTwice_TheLastCounts() =>
        Assert.Equal("/two", Assert.Single(Read("""[{"pubsubname":"ps","topic":"t","route":"/one"},{"pubsubname":"ps","topic":"t","route":"/two"}]""")).Rules[0].Path);

    [Fact]
    public void Read_AnEntryWithoutRoutes_IsLeftOutAndLogged()
    {
        Assert.Equal("good", Assert.Single(Read("""[{"pubsubname":"ps","topic":"bad","route":""},{"pubsubname":"ps","topic":"good","route":"/in"}]""")).Topic);
        Assert.Contains("topic bad has an empty routes", _logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"pubsubname":""", "error getting topics from app: unexpected EOF")]
    [InlineData("{}", "error getting topics from app: json: cannot unmarshal object into Go value of type []pubsub.SubscriptionJSON")]
    [InlineData("""[{"topic":"t","route":"/in","metadata":{"a":1}}]""", "error getting topics from app: json: cannot unmarshal number into Go struct field SubscriptionJSON.metadata of type string")]
    [InlineData("""[{"topic":1}]""", "error getting topics from app: json: cannot unmarshal number into Go struct field SubscriptionJSON.topic of type string")]
    public void Read_OneBadEntry_SpoilsAllInDaprdsWords(string body, string error) =>
        Assert.Equal(error, Assert.Throws<InvalidSubscriptionException>(() => Read(body)).Message);

    [Fact]
    public void Read_ARuleThatIsNoCel_SpoilsAllAndShowsWhere()
    {
        var error = Assert.Throws<InvalidSubscriptionException>(() => Read("""[{"topic":"t","routes":{"rules":[{"match":"event.type ==","path":"/x"}]}}]"""));

        Assert.StartsWith("ERROR: <input>:1:14: Syntax error: mismatched input '<EOF>'", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("\n | event.type ==\n | .............^", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"topic":"t","route":"/in","bulkSubscribe":{"enabled":true}}]""", "bulk subscribe")]
    [InlineData("""[{"topic":"t","route":"/in","metadata":{"rawPayload":"true"}}]""", "raw payloads")]
    public void Read_WhatIsNotServed_IsTakenAndLogged(string body, string what)
    {
        Assert.Single(Read(body));
        Assert.Contains(what, Assert.Single(_logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<Subscription> Read(string body) => SubscribeAnswer.Read(Encoding.UTF8.GetBytes(body), "me", _logger);
}
