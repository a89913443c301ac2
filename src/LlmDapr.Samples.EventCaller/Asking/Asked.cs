namespace LlmDapr.Samples.EventCaller.Asking;

/// <summary>What <c>POST /ask</c> answers.</summary>
/// <param name="Id">The request's id: the answer will have it.</param>
/// <param name="Status">What became of it.</param>
internal sealed record Asked(string Id, string Status);
