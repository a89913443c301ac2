using System.Globalization;
using System.Text;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Demo;

/// <summary>The demo's last words.</summary>
internal static class DemoSummary
{
    private const int ShownProblems = 5;

    /// <summary>The text.</summary>
    public static string Of(DemoResult result, RunOutput output)
    {
        var text = new StringBuilder();
        var (answers, alone, wall, provider) = result;
        var streams = answers.Where(answer => answer.FirstToken is not null).Select(answer => answer.FirstToken!.Value).ToList();
        var totals = answers.Select(answer => answer.Total).ToList();
        var problems = result.Problems();

        Line("one answer alone", Seconds(alone));
        Line("one after the other", $"{Seconds(result.OneAfterTheOther)} ({answers.Count} times as long)");
        Line("all at once", $"{Seconds(wall)}, {Number(result.OneAfterTheOther / wall)} times as fast: {Number(answers.Count / wall.TotalSeconds)} answers a second");
        Line("first token", $"p50 {Percentile(streams, 0.5)}, p95 {Percentile(streams, 0.95)} (streams)");
        Line("whole answer", $"p50 {Percentile(totals, 0.5)}, p95 {Percentile(totals, 0.95)}");
        Line("reached the provider", $"{provider.Requests} calls, at most {provider.PeakConcurrency} at once, {provider.Cancelled} cancelled, {provider.RateLimited} times 429");
        Line("failures", problems.Count == 0 ? output.Paint("none: every answer was complete and right", "green") : output.Paint($"{problems.Count}", "red"));
        foreach (var problem in problems.Take(ShownProblems))
        {
            text.AppendLine($"    {problem}");
        }

        if (problems.Count > ShownProblems)
        {
            text.AppendLine($"    and {problems.Count - ShownProblems} more");
        }

        return text.ToString();

        void Line(string name, string value) => text.AppendLine($"  {name,-22}{value}");
    }

    private static string Percentile(IReadOnlyList<TimeSpan> values, double share) => DemoResult.Percentile(values, share) is { } value ? Seconds(value) : "-";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");

    private static string Number(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
