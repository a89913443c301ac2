namespace LlmDapr.Local.Demo;

/// <summary>What became of a request.</summary>
/// <param name="Request">The request.</param>
/// <param name="FirstToken">From sending to the first piece of text, streams only.</param>
/// <param name="Total">From sending to the end.</param>
/// <param name="Problem">Why the answer is not complete and right, or null.</param>
internal sealed record DemoAnswer(DemoRequest Request, TimeSpan? FirstToken, TimeSpan Total, string? Problem);
