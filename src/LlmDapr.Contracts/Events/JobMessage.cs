namespace LlmDapr.Contracts.Events;

/// <summary>The data of an event on <see cref="Topics.Jobs"/>, which is internal: a job waits to be run. The record in the state store has the rest.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Model">Its model, so that a worker can tell whether there is room for it.</param>
/// <param name="Priority">One of <see cref="Priorities"/>.</param>
public sealed record JobMessage(string Id, string Model, string Priority);
