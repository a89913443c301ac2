using LlmDapr.Contracts.Events;

namespace LlmDapr.Samples.EventCaller.Answers;

/// <summary>What this app reads of the CloudEvent that its sidecar delivers.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Data">The result.</param>
internal sealed record ResultEvent(string Id, LlmResult Data);
