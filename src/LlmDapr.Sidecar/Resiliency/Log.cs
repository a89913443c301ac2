namespace LlmDapr.Sidecar.Resiliency;

/// <summary>Where a message has a counterpart in daprd, it begins with daprd's words.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Information, "Loading Resiliency configuration: {Name}", EventName = "ResiliencyLoading")]
    public static partial void Loading(this ILogger logger, string name);

    [LoggerMessage(5001, LogLevel.Error, "Could not read resiliency policy {Name}: {Fault} ({File}: nothing of this resource applies until that is corrected)", EventName = "ResiliencyInvalid")]
    public static partial void Invalid(this ILogger logger, string name, string fault, string file);

    [LoggerMessage(5002, LogLevel.Warning, "Attempted override of {Policy} did not meet minimum retry count, resetting to {Minimum}.", EventName = "ResiliencyBuiltInRaised")]
    public static partial void BuiltInRaised(this ILogger logger, string policy, int minimum);

    [LoggerMessage(5003, LogLevel.Warning, "Unknown field {Field} in {File} is ignored: is it misspelt?", EventName = "ResiliencyUnknownField")]
    public static partial void UnknownField(this ILogger logger, string field, string file);

    [LoggerMessage(5004, LogLevel.Warning, "The resiliency target {AppId} names {Field} \"{Policy}\", which no resource defines: it has no such policy", EventName = "ResiliencyUnknownPolicy")]
    public static partial void UnknownPolicy(this ILogger logger, string appId, string field, string policy);

    [LoggerMessage(5005, LogLevel.Warning, "The circuit breaker {Policy} never opens: its trip \"{Trip}\" cannot be evaluated: {Fault}", EventName = "ResiliencyNeverTrips")]
    public static partial void NeverTrips(this ILogger logger, string policy, string trip, string fault);

    [LoggerMessage(5006, LogLevel.Warning, "The resiliency target {AppId} has timeout \"{Policy}\", which the development sidecar does not apply. daprd would: it ends every attempt after that time, the body included, calls the app again mid-stream where a retry policy exists, and may crash while a body flows. Set deadlines in the apps instead.", EventName = "ResiliencyTimeoutNotApplied")]
    public static partial void TimeoutNotApplied(this ILogger logger, string appId, string policy);

    [LoggerMessage(5007, LogLevel.Warning, "The development sidecar does not apply the default policy {Policy}. daprd would: to every target without an entry of its own, pub/sub and state included. Name the policy in targets instead.", EventName = "ResiliencyDefaultNotApplied")]
    public static partial void DefaultNotApplied(this ILogger logger, string policy);

    [LoggerMessage(5008, LogLevel.Warning, "The resiliency target of component {Component} has an inbound circuitBreaker \"{Policy}\", which the development sidecar does not apply. daprd would: while it is open, each message that arrives fails at once and is lost or dead-lettered. Use an inbound retry only.", EventName = "ResiliencyInboundBreakerNotApplied")]
    public static partial void InboundBreakerNotApplied(this ILogger logger, string component, string policy);

    [LoggerMessage(5010, LogLevel.Warning, "Error processing operation {Operation}. Retrying in {Delay}…", EventName = "ResiliencyRetrying")]
    public static partial void Retrying(this ILogger logger, string operation, string delay);

    [LoggerMessage(5011, LogLevel.Information, "Recovered processing operation {Operation} after {Retries} attempts", EventName = "ResiliencyRecovered")]
    public static partial void Recovered(this ILogger logger, string operation, int retries);

    [LoggerMessage(5012, LogLevel.Information, "Circuit breaker \"{Breaker}\" changed state from {From} to {To}", EventName = "ResiliencyBreakerChanged")]
    public static partial void BreakerChanged(this ILogger logger, string breaker, string from, string to);
}
