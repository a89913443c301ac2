using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;

namespace LlmDapr.Jobs.Workers;

/// <summary>Work that an event asks for.</summary>
/// <param name="Request">The work.</param>
/// <param name="Source">The event's <c>source</c>.</param>
/// <param name="EventId">The event's <c>id</c>: with tenant and source it names the job.</param>
/// <param name="ReplyTopic">Where the result event goes.</param>
public sealed record EventJob(JobRequest Request, string Source, string EventId, string ReplyTopic)
{
    internal JobRecord NewRecord(string id, DateTimeOffset now) => new()
    {
        Id = id,
        Tenant = Request.Tenant,
        Origin = JobOrigin.Event,
        Kind = Request.Kind,
        Model = Request.Model,
        Priority = Request.Priority,
        CacheControl = Request.CacheControl,
        CacheTtl = Request.CacheTtl,
        CreatedAt = now,
        QueuedAt = now,
        BodyHash = JobIds.Hash(Request.Body.Span),
        BodyLength = Request.Body.Length,
        Mark = JobIds.NewMark(),
        Reply = new JobReply(ReplyTopic, Source, EventId),
    };
}
