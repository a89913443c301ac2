namespace LlmDapr.Local.Demo;

/// <summary>All that the demo found out.</summary>
/// <param name="Answers">One for each request that was sent at once.</param>
/// <param name="Alone">How long an answer took while nothing else was going on, on the average of a plain and a streamed one.</param>
/// <param name="Wall">From the first request's start to the last answer's end.</param>
/// <param name="Provider">What reached the provider.</param>
internal sealed record DemoResult(IReadOnlyList<DemoAnswer> Answers, TimeSpan Alone, TimeSpan Wall, ProviderCounts Provider)
{
    /// <summary>How long as many answers take one after the other. The durations of those sent at once would flatter: each waited for the others' work.</summary>
    public TimeSpan OneAfterTheOther => Alone * Answers.Count;

    /// <summary>Why the demo failed; empty when every answer was complete and right and each cost the provider one call.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [.. Answers.Where(answer => answer.Problem is not null).Select(answer => $"request {answer.Request.Number}: {answer.Problem}")];
        if (problems.Count == 0 && Provider.Completed != Answers.Count)
        {
            problems.Add($"{Answers.Count} answers, but the provider completed {Provider.Completed} calls");
        }

        return problems;
    }

    /// <summary>The value below which a share of the values lies (nearest rank), or null of none.</summary>
    public static TimeSpan? Percentile(IEnumerable<TimeSpan> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? null : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
