using System.Text;
using LlmDapr.Local.Demo;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Tests.Demo;

public sealed class DemoTests
{
    private static readonly DemoRequest Request = DemoRequest.Make(1, "sim?words=5")[0];

    [Fact]
    public void Make_Requests_AllDifferAndHalfAreStreamed()
    {
        var requests = DemoRequest.Make(200, "sim");
        Assert.Equal(200, requests.Select(request => request.Prompt).Distinct().Count());
        Assert.Equal(100, requests.Count(request => request.Streamed));
    }

    [Fact]
    public void MakeRepeating_Requests_RepeatFourInTenPlainAndStreamedAtOnceAndLater()
    {
        var requests = DemoRequest.MakeRepeating(200, "sim");
        var groups = requests.Where(request => request.IsRepeated).GroupBy(request => request.Prompt).ToList();

        Assert.Equal(140, requests.Select(request => request.Prompt).Distinct().Count());
        Assert.Equal(100, requests.Count(request => request.Streamed));
        Assert.Equal(20, groups.Count);
        Assert.All(groups, same => Assert.Equal(
            [(false, false), (true, false), (false, true), (true, true)], same.Select(request => (request.Streamed, request.IsLate))));
        Assert.All(requests, request => Assert.Equal(request.IsRepeated, Text(request).Contains("\"temperature\":0", StringComparison.Ordinal)));
        Assert.All(requests, request => Assert.Equal(request.Streamed, Text(request).Contains("include_usage", StringComparison.Ordinal)));

        static string Text(DemoRequest request) => Encoding.UTF8.GetString(request.Body);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(19)]
    public void MakeRepeating_ANumberThatDoesNotFit_RepeatsWholeGroupsOnly(int count)
    {
        var requests = DemoRequest.MakeRepeating(count, "sim");
        Assert.Equal(count, requests.Count);
        Assert.All(requests.Where(request => request.IsRepeated).GroupBy(request => request.Prompt), same => Assert.Equal(4, same.Count()));
        Assert.Equal(count / 10 * 4, requests.Count(request => request.IsRepeated));
    }

    [Theory]
    [InlineData("stop", "", null)]
    [InlineData("length", "", "finish_reason is length, not stop")]
    [InlineData("stop", " and more", "the text is not the simulator's")]
    public void ReadPlain_Answer_MustBeTheSimulatorsWholeText(string finish, string added, string? expected)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"choices":[{"message":{"content":"{{Request.Expected + added}}"},"finish_reason":"{{finish}}"}]}""");
        var problem = DemoClient.ReadPlain(new DemoAnswer(Request, null, TimeSpan.Zero, null), body).Problem;
        Assert.Equal(expected is null, problem is null);
        Assert.StartsWith(expected ?? "", problem ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OPENAI_API_KEY", true)]
    [InlineData("OPENAI_BASE_URL", true)]
    [InlineData("Providers__openai__Endpoint", true)]
    [InlineData("PROVIDERS__X__APIKEYENV", true)]
    [InlineData("Models__0__Id", true)]
    [InlineData("Cache__Mode", true)]
    [InlineData("Jobs__MaxAttempts", true)]
    [InlineData("PATH", false)]
    [InlineData("MODELS", false)]
    public void IsWithheld_Variable_IsKeptFromTheDemo(string variable, bool expected) => Assert.Equal(expected, DemoEnvironment.IsWithheld(variable));

    [Theory]
    [InlineData("edge", true)]
    [InlineData("event-caller", true)]
    [InlineData("service-caller", false)]
    public void IsNeeded_AppOfTheRunFile_IsStartedWhenTheDemoUsesIt(string appId, bool expected) => Assert.Equal(expected, DemoEnvironment.IsNeeded(appId));

    [Fact]
    public void Adapt_Generation_HasTheSimulatorAlone()
    {
        var app = TestPlans.App("generation") with
        {
            Env = new Dictionary<string, string> { ["Providers__real__Endpoint"] = "https://example.com", ["OPENAI_API_KEY"] = "key", ["OTHER"] = "kept" },
        };
        var env = DemoEnvironment.Adapt(app, 5090).Env;
        Assert.Equal("http://localhost:5090/v1", env["Providers__simulator__Endpoint"]);
        Assert.Equal(["OTHER"], env.Keys.Where(name => !DemoEnvironment.IsWithheld(name) && !DemoFault.Clocks.ContainsKey(name)));
        Assert.DoesNotContain("Providers__real__Endpoint", env.Keys);
        Assert.DoesNotContain("OPENAI_API_KEY", env.Keys);
    }

    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.95, 4)]
    [InlineData(1, 4)]
    [InlineData(0, 1)]
    public void Percentile_Values_IsTheNearestRank(double share, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), DemoResult.Percentile(new[] { 3, 1, 4, 2 }.Select(value => TimeSpan.FromSeconds(value)), share));

    [Fact]
    public void Problems_AnswersRightButProviderCountsOthers_IsAFailure()
    {
        var right = new DemoAnswer(Request, null, TimeSpan.FromSeconds(1), null);
        Assert.Empty(Result([right], completed: 1).Problems());
        Assert.Single(Result([right], completed: 2).Problems());
        Assert.Equal(["request 1: cut"], Result([right with { Problem = "cut" }], completed: 1).Problems());
    }

    [Theory]
    [InlineData("hit", null)]
    [InlineData("coalesced", null)]
    [InlineData("miss", "its prompt was asked 2 times and paid for 2 times")]
    [InlineData("bypass", "its prompt was asked 2 times and paid for 2 times")]
    [InlineData(null, "its prompt was asked 2 times and paid for 2 times")]
    public void Problems_ARepeatedPrompt_MustBePaidForOnce(string? second, string? problem)
    {
        var first = new DemoAnswer(Request, null, TimeSpan.FromSeconds(1), null) { Cache = "miss" };
        var problems = Result([first, first with { Cache = second }], completed: 1).Problems();
        Assert.Equal(problem is null ? [] : [$"request 1: {problem}"], problems);
    }

    [Fact]
    public void Problems_TokensOfPaidAnswers_MustBeTheProvidersBill()
    {
        var paid = new DemoAnswer(Request, null, TimeSpan.FromSeconds(1), null) { Cache = "miss", Usage = new DemoUsage(10, 60) };
        var result = Result([paid, paid with { Cache = "hit" }], completed: 1, new DemoUsage(10, 60));
        Assert.Empty(result.Problems());
        Assert.Equal(new DemoUsage(10, 60), result.NotSpent);
        Assert.Equal(0.000625m, result.NotSpent.Cost);
        Assert.Equal("the answers' tokens (10 and 60) are not those of the provider's bill (20 and 120)", Assert.Single(Result([paid], completed: 1, new DemoUsage(20, 120)).Problems()));
    }

    [Fact]
    public void Of_Result_SaysHowManyFailedAndWhy()
    {
        var answers = Enumerable.Repeat(new DemoAnswer(Request, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), "cut"), 7).ToList();
        var text = Text(Result(answers, completed: 0));
        Assert.Contains("one after the other   2.00 s (the 1 different prompts, once each)", text, StringComparison.Ordinal);
        Assert.Contains("failures              7", text, StringComparison.Ordinal);
        Assert.Contains("request 1: cut", text, StringComparison.Ordinal);
        Assert.Contains("and 2 more", text, StringComparison.Ordinal);
        Assert.DoesNotContain("prompt cache", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_RepeatedPrompts_SaysHowTheyWereServedAndWhatThatSaved()
    {
        var miss = new DemoAnswer(Request with { IsRepeated = true }, null, TimeSpan.FromSeconds(2), null) { Cache = "miss", Usage = new DemoUsage(1000, 2000) };
        var text = Text(Result([miss, miss with { Cache = "coalesced" }, miss with { Cache = "hit", Total = TimeSpan.FromMilliseconds(2.5) }], completed: 1, miss.Usage));
        Assert.Contains("prompt cache          1 hits (whole answer p50 2.5 ms, p95 2.5 ms), 1 coalesced with a call under way", text, StringComparison.Ordinal);
        Assert.Contains("money not spent       $0.0450 for 2000 + 4000 tokens; spent: $0.0225 for 1000 + 2000", text, StringComparison.Ordinal);
        Assert.Contains("whole answer          p50 2.00 s", text, StringComparison.Ordinal);
        Assert.Contains("none: every answer was complete and right, no prompt was paid for twice", text, StringComparison.Ordinal);
    }

    private static string Text(DemoResult result) => DemoSummary.Of(result, new RunOutput(TextWriter.Null, colour: false));

    private static DemoResult Result(IReadOnlyList<DemoAnswer> answers, long completed, DemoUsage? bill = null) =>
        new(answers, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), new ProviderCounts(completed, completed, 1, 0, 0, bill ?? new DemoUsage(0, 0)));
}
