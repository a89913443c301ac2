using LlmDapr.Jobs.Publishing;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Telemetry;

namespace LlmDapr.Jobs.Workers;

/// <summary>What a <see cref="JobWorker"/> is made of.</summary>
internal sealed record WorkerParts(
    JobDocuments Jobs,
    WorkerRegistry Registry,
    WorkerLife Life,
    TakeOver TakeOver,
    JobReplies Replies,
    JobPublisher Publisher,
    Insistence Insistence,
    UnsureClaims Unsure,
    JobMetrics Metrics);
