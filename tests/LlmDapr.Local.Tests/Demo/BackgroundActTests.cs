using System.Text.Json;
using LlmDapr.Local.Demo;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Tests.Demo;

public sealed class BackgroundActTests
{
    private static readonly DemoRequest Request = DemoRequest.Make(1, "sim?words=5")[0];
    private static readonly BackgroundWork Done = new(Request, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(2), null);

    [Fact]
    public void Problems_AllDoneByOneCallEach_AreNone()
    {
        Assert.Empty(Result([Done, Done], [Done], calls: 3).Problems());
        Assert.Equal("3 jobs and events, but 4 calls reached the provider", Assert.Single(Result([Done, Done], [Done], calls: 4).Problems()));
        Assert.Equal(["job 1: lost", "event 1: late"], Result([Done with { Problem = "lost" }], [Done with { Problem = "late" }], calls: 9).Problems());
    }

    [Fact]
    public void Of_Result_SaysHowManyAreDoneAndHowLongThatTook()
    {
        var text = BackgroundSummary.Of(Result([Done, Done with { Problem = "lost" }], [], calls: 1), new RunOutput(TextWriter.Null, colour: false));
        Assert.Contains("jobs                  1 of 2 finished: accepted after p50 20 ms, p95 20 ms; result then after p50 2.00 s, p95 2.00 s", text, StringComparison.Ordinal);
        Assert.Contains("job 1: lost", text, StringComparison.Ordinal);
        Assert.DoesNotContain("events", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "succeeded", "", null)]
    [InlineData(2, "succeeded", "", "2 results of one request")]
    [InlineData(0, "succeeded", "", "0 results of one request")]
    [InlineData(1, "failed", "", "the result is failed")]
    [InlineData(1, "succeeded", " and more", "the text is not the simulator's")]
    public void Judge_AnswersOfTheSample_MustBeOneAndRight(int count, string status, string added, string? expected)
    {
        var answer = $$$"""{"status":"{{{status}}}","body":{"choices":[{"message":{"content":"{{{Request.Expected + added}}}"},"finish_reason":"stop"}]}}""";
        var problem = EventAsker.Judge(Request, JsonElement.Parse($"[{string.Join(',', Enumerable.Repeat(answer, count))}]"));
        Assert.Equal(expected is null, problem is null);
        Assert.StartsWith(expected ?? "", problem ?? "", StringComparison.Ordinal);
    }

    private static BackgroundResult Result(IReadOnlyList<BackgroundWork> jobs, IReadOnlyList<BackgroundWork> events, long calls) => new(jobs, events, TimeSpan.FromSeconds(3), calls);
}
