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

    [Theory]
    [InlineData("stop", "", null)]
    [InlineData("length", "", "finish_reason is length, not stop")]
    [InlineData("stop", " and more", "the text is not the simulator's")]
    public void JudgePlain_Answer_MustBeTheSimulatorsWholeText(string finish, string added, string? expected)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"choices":[{"message":{"content":"{{Request.Expected + added}}"},"finish_reason":"{{finish}}"}]}""");
        var problem = DemoClient.JudgePlain(Request, body);
        Assert.Equal(expected is null, problem is null);
        Assert.StartsWith(expected ?? "", problem ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OPENAI_API_KEY", true)]
    [InlineData("OPENAI_BASE_URL", true)]
    [InlineData("Providers__openai__Endpoint", true)]
    [InlineData("PROVIDERS__X__APIKEYENV", true)]
    [InlineData("Models__0__Id", true)]
    [InlineData("PATH", false)]
    [InlineData("MODELS", false)]
    public void NamesProvider_Variable_IsKeptFromTheDemo(string variable, bool expected) => Assert.Equal(expected, DemoEnvironment.NamesProvider(variable));

    [Fact]
    public void Adapt_Generation_HasTheSimulatorAlone()
    {
        var app = TestPlans.App("generation") with
        {
            Env = new Dictionary<string, string> { ["Providers__real__Endpoint"] = "https://example.com", ["OPENAI_API_KEY"] = "key", ["OTHER"] = "kept" },
        };
        var env = DemoEnvironment.Adapt(app, 5090).Env;
        Assert.Equal("http://localhost:5090/v1", env["Providers__simulator__Endpoint"]);
        Assert.Equal(["OTHER"], env.Keys.Where(name => !DemoEnvironment.NamesProvider(name)));
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

    [Fact]
    public void Of_Result_SaysHowManyFailedAndWhy()
    {
        var answers = Enumerable.Repeat(new DemoAnswer(Request, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), "cut"), 7).ToList();
        var text = DemoSummary.Of(Result(answers, completed: 0), new RunOutput(TextWriter.Null, colour: false));
        Assert.Contains("one after the other   14.00 s (7 times as long)", text, StringComparison.Ordinal);
        Assert.Contains("failures              7", text, StringComparison.Ordinal);
        Assert.Contains("request 1: cut", text, StringComparison.Ordinal);
        Assert.Contains("and 2 more", text, StringComparison.Ordinal);
    }

    private static DemoResult Result(IReadOnlyList<DemoAnswer> answers, long completed) =>
        new(answers, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), new ProviderCounts(completed, completed, 1, 0, 0, 0));
}
