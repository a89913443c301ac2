using System.Globalization;
using System.Text;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Demo;

/// <summary>What the first act says at its end.</summary>
internal static class DemoSummary
{
    private const int ShownProblems = 5;

    /// <summary>The text.</summary>
    public static string Of(DemoResult result, RunOutput output)
    {
        var text = new StringBuilder();
        var (answers, alone, wall, provider) = result;
        List<DemoAnswer> hits = [.. answers.Where(answer => answer.IsHit)], called = [.. answers.Where(answer => !answer.IsHit)];

        Line("one answer alone", Seconds(alone));
        Line("one after the other", $"{Seconds(result.OneAfterTheOther)} (the {result.Different} different prompts, once each)");
        Line("all at once", $"{Seconds(wall)}, {Number(result.OneAfterTheOther / wall)} times as fast: {Number(answers.Count / wall.TotalSeconds)} answers a second");
        Line("first token", Percentiles(called.Select(answer => answer.FirstToken).OfType<TimeSpan>()) + " (streams)");
        Line("whole answer", Percentiles(called.Select(answer => answer.Total)));
        Line("reached the provider", $"{provider.Requests} calls, at most {provider.PeakConcurrency} at once, {provider.Cancelled} cancelled, {provider.RateLimited} times 429");
        if (answers.Any(answer => answer.Request.IsRepeated))
        {
            Line("prompt cache", $"{hits.Count} hits (whole answer {Percentiles(hits.Select(answer => answer.Total))}), {answers.Count(answer => answer.IsCoalesced)} coalesced with a call under way");
            Line("money not spent", $"{Dollars(result.NotSpent.Cost)} for {result.NotSpent.Prompt} + {result.NotSpent.Completion} tokens; spent: {Dollars(provider.Usage.Cost)} for {provider.Usage.Prompt} + {provider.Usage.Completion}");
            Line("", $"(prompt + completion tokens, at an assumed {Dollars(DemoUsage.PromptPrice, 2)} and {Dollars(DemoUsage.CompletionPrice, 2)} a million)");
        }

        Failures(text, "failures", result.Problems(), "none: every answer was complete and right, no prompt was paid for twice", output);
        return text.ToString();

        void Line(string name, string value) => text.AppendLine($"  {name,-22}{value}");
    }

    /// <summary>Adds a line about failures, and the first of them.</summary>
    public static void Failures(StringBuilder text, string name, IReadOnlyList<string> problems, string none, RunOutput output)
    {
        text.AppendLine($"  {name,-22}{(problems.Count == 0 ? output.Paint(none, "green") : output.Paint($"{problems.Count}", "red"))}");
        foreach (var problem in problems.Take(ShownProblems))
        {
            text.AppendLine($"    {problem}");
        }

        if (problems.Count > ShownProblems)
        {
            text.AppendLine($"    and {problems.Count - ShownProblems} more");
        }
    }

    /// <summary>The middle and the slow end of some times.</summary>
    public static string Percentiles(IEnumerable<TimeSpan> times)
    {
        var all = times.ToList();
        return $"p50 {Of(0.5)}, p95 {Of(0.95)}";

        string Of(double share) => DemoResult.Percentile(all, share) is { } value ? Seconds(value) : "-";
    }

    private static string Seconds(TimeSpan time) => time.TotalMilliseconds < 100
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");

    private static string Number(double value) => value.ToString("0", CultureInfo.InvariantCulture);

    private static string Dollars(decimal value, int digits = 4) => "$" + value.ToString($"F{digits}", CultureInfo.InvariantCulture);
}
