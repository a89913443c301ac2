using LlmDapr.Contracts.Events;

namespace LlmDapr.Jobs.DeadLetters;

/// <summary>A dead letter as it is kept.</summary>
/// <param name="Id">Its id: the same event has the same one each time.</param>
/// <param name="Letter">The event, and why it could not be worked on.</param>
public sealed record KeptLetter(string Id, DeadLetter Letter);
