namespace LlmDapr.Local.Demo;

/// <summary>Work that nobody waited for, and what became of it.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Accepted">From sending to the word that it is accepted.</param>
/// <param name="Waited">From there to its result.</param>
/// <param name="Problem">Why it did not end as it should, or null.</param>
internal sealed record BackgroundWork(DemoRequest Request, TimeSpan Accepted, TimeSpan Waited, string? Problem);
