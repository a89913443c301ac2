namespace LlmDapr.Local.Demo;

/// <summary>All that the last act found out.</summary>
/// <param name="Jobs">What came in over HTTP.</param>
/// <param name="Events">What came in as events; empty where no app publishes any.</param>
/// <param name="Wall">From the first sending to the last result.</param>
/// <param name="Calls">Calls that reached the provider for them.</param>
internal sealed record BackgroundResult(IReadOnlyList<BackgroundWork> Jobs, IReadOnlyList<BackgroundWork> Events, TimeSpan Wall, long Calls)
{
    /// <summary>Why the act failed; empty when all came to its right end, by one call each.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems =
        [
            .. Jobs.Where(work => work.Problem is not null).Select(work => $"job {work.Request.Number}: {work.Problem}"),
            .. Events.Where(work => work.Problem is not null).Select(work => $"event {work.Request.Number}: {work.Problem}"),
        ];
        if (problems.Count == 0 && Calls != Jobs.Count + Events.Count)
        {
            problems.Add($"{Jobs.Count + Events.Count} jobs and events, but {Calls} calls reached the provider");
        }

        return problems;
    }
}
