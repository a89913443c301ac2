namespace LlmDapr.Local.Demo;

/// <summary>All that the first act found out.</summary>
/// <param name="Answers">One for each request that was sent.</param>
/// <param name="Alone">How long an answer took while nothing else was going on, on the average of a plain and a streamed one.</param>
/// <param name="Wall">From the first request's start to the last answer's end.</param>
/// <param name="Provider">What reached the provider.</param>
internal sealed record DemoResult(IReadOnlyList<DemoAnswer> Answers, TimeSpan Alone, TimeSpan Wall, ProviderCounts Provider)
{
    /// <summary>How many different prompts there are.</summary>
    public int Different => Answers.Select(answer => answer.Request.Prompt).Distinct().Count();

    /// <summary>How long one answer to each prompt takes, one after the other. The durations of those sent at once would flatter: each waited for the others' work.</summary>
    public TimeSpan OneAfterTheOther => Alone * Different;

    /// <summary>What the answers cost for which no call was made.</summary>
    public DemoUsage NotSpent => DemoUsage.Sum(Answers.Where(answer => !answer.IsPaid).Select(answer => answer.Usage));

    /// <summary>Why the demo failed; empty when every answer was complete and right, and each prompt cost the provider one call, however often it was asked.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [.. Answers.Where(answer => answer.Problem is not null).Select(answer => $"request {answer.Request.Number}: {answer.Problem}")];
        if (problems.Count > 0)
        {
            return problems;
        }

        foreach (var same in Answers.GroupBy(answer => answer.Request.Prompt).Where(same => same.Count(answer => answer.IsPaid) != 1))
        {
            problems.Add($"request {same.First().Request.Number}: its prompt was asked {same.Count()} times and paid for {same.Count(answer => answer.IsPaid)} times");
        }

        if (Provider.Completed != Different)
        {
            problems.Add($"{Different} different prompts, but the provider completed {Provider.Completed} calls");
        }

        var told = DemoUsage.Sum(Answers.Where(answer => answer.IsPaid).Select(answer => answer.Usage));
        if (told != Provider.Usage)
        {
            problems.Add($"the answers' tokens ({told.Prompt} and {told.Completion}) are not those of the provider's bill ({Provider.Usage.Prompt} and {Provider.Usage.Completion})");
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
