namespace LlmDapr.Sidecar.PubSub.Delivery;

/// <summary>Where a message has a counterpart in daprd, it begins with daprd's words; answers' bodies are left out.</summary>
internal static partial class Log
{
    [LoggerMessage(8200, LogLevel.Information, "app is subscribed to the following topics: [[{Topics}]] through pubsub={Component}", EventName = "Subscribed")]
    public static partial void Subscribed(this ILogger logger, string topics, string component);

    [LoggerMessage(8202, LogLevel.Debug, "no matching route for event {Event} in pubsub {Component} and topic {Topic}; skipping", EventName = "DeliveryNoRoute")]
    public static partial void NoRoute(this ILogger logger, string @event, string component, string topic);

    [LoggerMessage(8203, LogLevel.Error, "error finding matching route for event {Event} in pubsub {Component} and topic {Topic}: {Fault}. The event is {End}, as daprd does it; guard rules with has()", EventName = "DeliveryRouteFailed")]
    public static partial void RouteFailed(this ILogger logger, string @event, string component, string topic, string fault, string end);

    [LoggerMessage(8204, LogLevel.Debug, "event {Event} of topic {Topic} has outlived its ttlInSeconds and is not delivered", EventName = "DeliveryExpired")]
    public static partial void Expired(this ILogger logger, string @event, string topic);

    [LoggerMessage(8205, LogLevel.Warning, "{Answer}: the event is {End}", EventName = "DeliveryDropped")]
    public static partial void Dropped(this ILogger logger, string answer, string end);

    [LoggerMessage(8207, LogLevel.Error, "Error processing message of pubsub {Component}, topic {Topic}: {Fault}: the event {Event} is acknowledged and gone, as with daprd. An inbound retry policy (targets.components.{Component2}.inbound.retry) or a deadLetterTopic keeps such events", EventName = "DeliveryLost")]
    public static partial void Lost(this ILogger logger, string component, string topic, string fault, string @event, string component2);

    [LoggerMessage(8208, LogLevel.Warning, "event {Event} of topic {Topic} could not be delivered ({Fault}) and goes to the dead-letter topic {DeadLetterTopic}", EventName = "DeliveryDeadLettered")]
    public static partial void DeadLettered(this ILogger logger, string @event, string topic, string fault, string deadLetterTopic);

    [LoggerMessage(8209, LogLevel.Warning, "metadata {Names} of event {Event} cannot be HTTP headers; it is delivered without them. daprd would lose it", EventName = "DeliveryMetadataLeftOut")]
    public static partial void MetadataLeftOut(this ILogger logger, string names, string @event);

    [LoggerMessage(8210, LogLevel.Information, "{AppId}: {Count} deliveries were broken off by the end of the sidecar; their messages stay pending and are delivered again", EventName = "DeliveryBrokenOff")]
    public static partial void BrokenOff(this ILogger logger, string appId, int count);

    [LoggerMessage(8211, LogLevel.Error, "{AppId}: messages of {Component} cannot be read and are tried again in a second: {Fault}", EventName = "DeliveryReadFailed")]
    public static partial void ReadFailed(this ILogger logger, string appId, string component, string fault);

    [LoggerMessage(8212, LogLevel.Error, "{AppId}: a delivery failed unexpectedly; its message stays pending", EventName = "DeliveryFaulted")]
    public static partial void Faulted(this ILogger logger, string appId, Exception fault);

    [LoggerMessage(8213, LogLevel.Warning, "{Component}: {Name} is \"{Value}\", which is no whole number of 1 or more; {Default} is used", EventName = "DeliveryBadSetting")]
    public static partial void BadSetting(this ILogger logger, string component, string name, string value, int @default);
}
