using System.Text;
using LlmDapr.Sidecar.PubSub.Subscriptions;

namespace LlmDapr.Sidecar.Tests.PubSub.Subscriptions;

public sealed class RouteRuleTests
{
    [Theory]
    [InlineData("in", "/in")]
    [InlineData("", "/")]
    [InlineData("//a//b/", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/in?x=1&y=a//b", "/in?x=1&y=a//b")]
    [InlineData("/a b", "/a%20b")]
    [InlineData("/a%20b", "/a%20b")]
    [InlineData("/ä", "/%C3%A4")]
    [InlineData("http://host:1/x", "/http:/host:1/x")]
    public void Target_OfAPath_IsRootedAndClean(string path, string target) => Assert.Equal(target, RouteRule.Always(path).Target);

    [Theory]
    [InlineData("event.type == 'x'", """{"type":"x"}""", true)]
    [InlineData("event.data.n > 5", """{"data":{"n":5.5}}""", true)]
    [InlineData("event.data.n == 9", """{"data":{"n":9}}""", true)]
    [InlineData("has(event.data.n) && event.data.n > 5", """{"data":{}}""", false)]
    [InlineData("has(event.data.n) && event.data.n > 5", """{"data":"text"}""", false)]
    [InlineData("has(event.data.n) && event.data.n > 5", """{"data":7}""", false)]
    [InlineData("has(event.data.a.b) || event.data.a == 'x'", """{"data":{"a":"x"}}""", true)]
    [InlineData("event.data.a == 'x' || has(event.data.a.b)", """{"data":{"a":"x"}}""", true)]
    [InlineData("has(event.subject) && event.subject.contains('job')", """{"subject":"job/1"}""", true)]
    [InlineData("'red' in event.data.tags", """{"data":{"tags":["red"]}}""", true)]
    [InlineData("event.data.tags.exists(t, t.startsWith('r'))", """{"data":{"tags":["blue","red"]}}""", true)]
    [InlineData("event.source.matches('^x[0-9]+$')", """{"source":"x12"}""", true)]
    [InlineData("size(event.id) > 20", """{"id":"i"}""", false)]
    [InlineData("event.data == null", """{"data":null}""", true)]
    [InlineData("  ", "{}", true)]
    [InlineData("event.data.n == 1 || event.type == 'x'", """{"type":"x","data":{}}""", true)]
    [InlineData("event.data.n == 1 && event.type == 'x'", """{"type":"y","data":{}}""", false)]
    [InlineData("(event.data.n == 1 || event.type == 'x') && (true)", """{"type":"x","data":{}}""", true)]
    [InlineData("event.type == 'a || b' || event.type == \"c && \\\"d\"", """{"type":"c && \"d"}""", true)]
    [InlineData("event.type == r'\\' || event.type == '''a'|| ''' || event.n == [1, 2][1]", """{"type":"a'|| ","n":1}""", true)]
    [InlineData("has(event.n) ? event.n == 1 || event.n == 2 : true && false", """{"n":2}""", true)]
    [InlineData("!(event.type == 'x' || event.type == 'y')", """{"type":"y"}""", false)]
    public void Holds_WithAnEvent_IsWhatCelSays(string match, string envelope, bool holds) => Assert.Equal(holds, Holds(match, envelope));

    [Theory]
    [InlineData("event.data.n > 5", """{"data":{"x":1}}""", "no such key: n")]
    [InlineData("event.data.n > 5", """{"data":{"n":"high"}}""", "no such overload")]
    [InlineData("has(event.data.n)", """{"id":"i"}""", "no such key: n")]
    [InlineData("event.tenant == 'a'", "{}", "no such key: tenant")]
    [InlineData("event.data.n == 1 || event.type == 'x'", """{"type":"y","data":{}}""", "no such key: n")]
    [InlineData("event.type || false", """{"type":"x"}""", "no such overload")]
    [InlineData("event.type", """{"type":"x"}""", "the result of match expression event.type was not a boolean")]
    [InlineData("event.type == 'x'", "[1]", "the message is no JSON object")]
    public void Holds_WhatCannotBeEvaluated_FailsAndSaysWhy(string match, string envelope, string why) =>
        Assert.Equal(why, Assert.Throws<RoutingException>(() => Holds(match, envelope)).Message);

    [Fact]
    public void Holds_FromManyThreads_IsRightForEachEvent()
    {
        var rule = RouteRule.When("has(event.data.n) && event.data.n % 2.0 == 0.0 || event.data.tags.exists(t, t == event.id)", "/x");
        var other = RouteRule.When("has(event.data.n) && int(event.data.n) % 2 == 0", "/x");

        Parallel.For(0, 2000, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken }, i =>
        {
            Assert.Equal(i % 2 == 0, other.Holds(new RoutedEvent(Encoding.UTF8.GetBytes($$$"""{"data":{"n":{{{i}}}}}"""))));
            Assert.Equal(i % 3 == 0, rule.Holds(new RoutedEvent(Encoding.UTF8.GetBytes($$$"""{"id":"{{{i % 3}}}","data":{"tags":["x","0"]}}"""))));
        });
    }

    [Fact]
    public void PathFor_SeveralRules_IsThatOfTheFirstThatHolds()
    {
        var subscription = new Subscription("ps", "t", [RouteRule.When("event.type == 'a'", "/a"), RouteRule.When("has(event.id)", "/id"), RouteRule.Always("/rest")]);

        Assert.Equal("/a", PathOf(subscription, """{"type":"a","id":"1"}"""));
        Assert.Equal("/id", PathOf(subscription, """{"type":"b","id":"1"}"""));
        Assert.Equal("/rest", PathOf(subscription, """{"type":"b"}"""));
        Assert.Null(PathOf(subscription with { Rules = [subscription.Rules[0]] }, """{"type":"b"}"""));
    }

    [Fact]
    public void PathFor_AnErrorInARule_EndsTheSearch()
    {
        var subscription = new Subscription("ps", "t", [RouteRule.When("event.data.n > 5", "/n"), RouteRule.Always("/rest")]);

        Assert.Throws<RoutingException>(() => PathOf(subscription, """{"data":{}}"""));
    }

    private static bool Holds(string match, string envelope) => RouteRule.When(match, "/x").Holds(new RoutedEvent(Encoding.UTF8.GetBytes(envelope)));

    private static string? PathOf(Subscription subscription, string envelope) => subscription.PathFor(Encoding.UTF8.GetBytes(envelope));
}
