using Microsoft.Extensions.Logging;

namespace LlmDapr.Jobs;

internal static partial class Log
{
    [LoggerMessage(1600, LogLevel.Information, "This worker is registered as {Worker}.", EventName = "WorkerRegistered")]
    public static partial void Registered(this ILogger logger, string worker);

    [LoggerMessage(1601, LogLevel.Warning, "The other workers had taken this one for dead; it is registered again as {Worker}.", EventName = "WorkerRegisteredAgain")]
    public static partial void RegisteredAgain(this ILogger logger, string worker);

    [LoggerMessage(1602, LogLevel.Warning, "Worker {Worker} is dead; its {Jobs} jobs are taken up.", EventName = "WorkerDied")]
    public static partial void WorkerDied(this ILogger logger, string worker, int jobs);

    [LoggerMessage(1603, LogLevel.Warning, "The state store is away; no job is taken until it is back. {Reason}", EventName = "StateIsAway")]
    public static partial void StateIsAway(this ILogger logger, string reason);

    [LoggerMessage(1604, LogLevel.Warning, "Job {Job}: tried again in {Pause}. {Reason}", EventName = "TriesAgain")]
    public static partial void TriesAgain(this ILogger logger, string job, TimeSpan pause, string reason);

    [LoggerMessage(1605, LogLevel.Warning, "Job {Job} was not this worker's any more when its result was there; the result was dropped.", EventName = "ResultDropped")]
    public static partial void ResultDropped(this ILogger logger, string job);

    [LoggerMessage(1606, LogLevel.Debug, "Job {Job} was taken; it is run {Attempt}.", EventName = "JobTaken")]
    public static partial void Taken(this ILogger logger, string job, int attempt);

    [LoggerMessage(1607, LogLevel.Debug, "Job {Job} has ended: {Status}.", EventName = "JobEnded")]
    public static partial void Ended(this ILogger logger, string job, Records.JobStatus status);

    [LoggerMessage(1608, LogLevel.Warning, "It is not known whether job {Job} was claimed; it is given back when it was.", EventName = "ClaimUnsure")]
    public static partial void ClaimUnsure(this ILogger logger, string job);
}
