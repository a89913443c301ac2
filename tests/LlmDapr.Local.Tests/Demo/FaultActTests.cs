using LlmDapr.Local.Demo;
using LlmDapr.Local.Output;
using LlmDapr.Simulator.Answers;

namespace LlmDapr.Local.Tests.Demo;

public sealed class FaultActTests
{
    [Fact]
    public void Spread_Requests_GivesEachFaultPlainAndStreamedOnes()
    {
        var spread = DemoFault.Spread(DemoRequest.Make(200, "sim"));

        Assert.Equal(DemoRequest.Make(200, "sim").Select(request => request.Prompt), spread.Select(request => request.Prompt));
        Assert.All(DemoFault.All, fault => Assert.Equal((10, 10), (spread.Count(request => Has(request, fault, streamed: false)), spread.Count(request => Has(request, fault, streamed: true)))));

        static bool Has(DemoRequest request, DemoFault fault, bool streamed) => request.Model == fault.Model && request.Streamed == streamed;
    }

    [Fact]
    public void Settings_EachFault_HasAPrimaryAndAFallbackWithTheSameText()
    {
        var settings = DemoFault.Settings().ToDictionary();
        for (var i = 0; i < DemoFault.All.Count; i++)
        {
            var fault = DemoFault.All[i];
            Assert.Equal((fault.Model, fault.Primary, fault.Fallback), (settings[$"Models__{i + 1}__Id"], settings[$"Models__{i + 1}__Targets__0__Model"], settings[$"Models__{i + 1}__Targets__1__Model"]));
            Assert.Equal(SimulatedAnswer.TextFor(fault.Primary, [("user", "x")]), SimulatedAnswer.TextFor(fault.Fallback, [("user", "x")]));
            Assert.Equal(new DemoRequest(1, fault.Model, "x", Streamed: false).Expected, SimulatedAnswer.TextFor(fault.Primary, [("user", "x")]));
        }

        Assert.Equal("sim*", settings["Models__0__Id"]);
    }

    [Fact]
    public void Of_Answers_SaysWhoAnsweredWhomAndWhatFailed()
    {
        DemoFault full = DemoFault.All.Single(fault => fault.Name == "full"), cut = DemoFault.All.Single(fault => fault.Name == "cut");
        DemoAnswer[] answers =
        [
            Answer(1, full, full.Fallback),
            Answer(2, full, full.Fallback),
            Answer(3, cut, cut.Primary, recovered: true),
            Answer(4, cut, cut.Primary, problem: "broke"),
        ];
        var calls = new Dictionary<string, long> { [full.Primary] = 4, [full.Fallback] = 2, [cut.Primary] = 2, [cut.Fallback] = 1 };

        var lines = FaultSummary.Of(answers, calls, TimeSpan.FromSeconds(3), new RunOutput(TextWriter.Null, colour: false)).Split(Environment.NewLine);

        Assert.Equal("2 2 0 2 0 6 1.0 s", Cells(lines, full.Title));
        Assert.Equal("2 1 2 0 1 3 1.0 s", Cells(lines, cut.Title));
        Assert.Equal("4 3 2 2 1 9 3.0 s", Cells(lines, "all"));
        Assert.Contains("  failures: 1", lines);
        Assert.Contains(lines, line => line.EndsWith("request 4 (demo-cut): broke", StringComparison.Ordinal));
    }

    private static DemoAnswer Answer(int number, DemoFault fault, string target, bool recovered = false, string? problem = null) =>
        new(new DemoRequest(number, fault.Model, "x", Streamed: true), null, TimeSpan.FromSeconds(1), problem) { Target = $"simulator/{target}", Recovered = recovered };

    private static string Cells(IEnumerable<string> lines, string title)
    {
        var line = lines.Single(line => line.StartsWith($"  {title} ", StringComparison.Ordinal));
        return string.Join(' ', line[(2 + title.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
