using System.Text.Json;

namespace LlmDapr.Contracts.Events;

/// <summary>The data of an event on <see cref="Topics.Dead"/>: an event that could not be worked on, and why.</summary>
/// <param name="Topic">Where it had come from.</param>
/// <param name="Code">What a program may decide by: <c>missing_id</c>, <c>malformed</c>, …</param>
/// <param name="Reason">What was wrong and what to do about it, for a person.</param>
/// <param name="Event">The event as it came, when it was JSON.</param>
/// <param name="Text">Else what came, as text.</param>
/// <param name="DeadAt">When it was found to be so.</param>
public sealed record DeadLetter(string Topic, string Code, string Reason, JsonElement? Event, string? Text, DateTimeOffset DeadAt)
{
    /// <summary>The CloudEvent's <c>type</c>.</summary>
    public const string EventType = "llmdapr.dead.v1";
}
