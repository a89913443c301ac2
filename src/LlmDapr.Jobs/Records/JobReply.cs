namespace LlmDapr.Jobs.Records;

/// <summary>The result event of a job.</summary>
/// <param name="Topic">Where it goes.</param>
/// <param name="Source">The <c>source</c> of the event that asked.</param>
/// <param name="EventId">Its <c>id</c>.</param>
/// <param name="Sent">Whether it was sent; false may also mean that this could not be noted, so it is sent at least once.</param>
public sealed record JobReply(string Topic, string Source, string EventId, bool Sent = false);
