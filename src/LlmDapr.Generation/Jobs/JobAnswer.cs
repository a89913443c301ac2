using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.Jobs.Store;

namespace LlmDapr.Generation.Jobs;

/// <summary>What one run of a job came to.</summary>
/// <param name="Result">The answer, or the error.</param>
/// <param name="Head">The head of the call's answer; null when a kept answer served, and when the call did not come so far.</param>
/// <param name="Target">Who answered; null when nobody did.</param>
internal sealed record JobAnswer(JobResult Result, HopHead? Head, string? Target)
{
    /// <summary>Whether somebody may have been asked, so that the run counts. A refusal of our own does not.</summary>
    public bool WasAsked => Head is null or { Attempts: > 0 };

    public static JobAnswer Of(ApiError error, string cache) => new(ResultOf(error) with { Cache = cache }, null, null);

    public static JobAnswer Of(HopHead head, ReadOnlyMemory<byte> body, string cache) =>
        new(new JobResult(head.Status, HeaderOf(head, "content-type") ?? "application/json", body) { Cache = cache }, head, head.Target);

    public static JobResult ResultOf(ApiError error) => new(error.Status, "application/json", error.ToJson());

    /// <summary>A header of the call's answer.</summary>
    public string? Header(string name) => Head is null ? null : HeaderOf(Head, name);

    private static string? HeaderOf(HopHead head, string name) => head.Headers.FirstOrDefault(header => string.Equals(header[0], name, StringComparison.OrdinalIgnoreCase))?[1];
}
