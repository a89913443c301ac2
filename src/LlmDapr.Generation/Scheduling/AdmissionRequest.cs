namespace LlmDapr.Generation.Scheduling;

/// <summary>One attempt that wants to be made.</summary>
/// <param name="Model">The name that the caller gave: its queue.</param>
/// <param name="Candidates">The targets that may take this attempt; at least one.</param>
/// <param name="Tenant">On whose behalf.</param>
/// <param name="Priority">One of <see cref="Contracts.Priorities"/>; anything else counts as interactive.</param>
/// <param name="Tokens">What it will cost, as far as that is known.</param>
/// <param name="TimeLeft">Until when an answer is of use; null when there is no such time.</param>
internal sealed record AdmissionRequest(
    string Model,
    IReadOnlyList<Candidate> Candidates,
    string Tenant,
    string Priority,
    TokenEstimate Tokens,
    TimeSpan? TimeLeft);
