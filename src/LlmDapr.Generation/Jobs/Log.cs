namespace LlmDapr.Generation.Jobs;

internal static partial class Log
{
    [LoggerMessage(1700, LogLevel.Information, "Job {Job} met status {Status}; it is run again in {Pause}, having failed {Failures} times.", EventName = "JobRunsAgain")]
    public static partial void RunsAgain(this ILogger logger, string job, int status, TimeSpan pause, int failures);

    [LoggerMessage(1701, LogLevel.Error, "Job {Job} met a defect.", EventName = "JobDefect")]
    public static partial void Defect(this ILogger logger, string job, Exception exception);

    [LoggerMessage(1702, LogLevel.Information, "Job {Job} is not wanted any more, or somebody else has it; its call has been ended.", EventName = "JobEndedEarly")]
    public static partial void Ended(this ILogger logger, string job);

    [LoggerMessage(1703, LogLevel.Information, "Job {Job} is given back.", EventName = "JobGivenBack")]
    public static partial void GivenBack(this ILogger logger, string job);

    [LoggerMessage(1704, LogLevel.Warning, "The state store is away; {Jobs} jobs are left to the other workers.", EventName = "LeftWithoutAWord")]
    public static partial void LeftWithoutAWord(this ILogger logger, int jobs);

    [LoggerMessage(1705, LogLevel.Warning, "An event of {Topic} is dead: {Code}. {Reason}", EventName = "EventDead")]
    public static partial void Dead(this ILogger logger, string topic, string code, string reason);

    [LoggerMessage(1706, LogLevel.Debug, "No capacity for a job of model {Model} within {Hold}; the broker brings it again.", EventName = "NoCapacity")]
    public static partial void NoCapacity(this ILogger logger, string model, TimeSpan hold);

    [LoggerMessage(1707, LogLevel.Warning, "An event of {Topic} could not be taken and comes again. {Reason}", EventName = "NotTaken")]
    public static partial void NotTaken(this ILogger logger, string topic, string reason);

    [LoggerMessage(1708, LogLevel.Debug, "Job {Job} of a message is not there.", EventName = "JobMissing")]
    public static partial void Missing(this ILogger logger, string job);

    [LoggerMessage(1709, LogLevel.Error, "An event of {Topic} met a defect.", EventName = "DefectiveDelivery")]
    public static partial void DefectiveDelivery(this ILogger logger, string topic, Exception exception);
}
