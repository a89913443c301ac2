namespace LlmDapr.Sidecar.PubSub.Subscriptions;

internal static partial class Log
{
    [LoggerMessage(8301, LogLevel.Warning, "{AppId}: topic {Topic} has an empty routes. removing from subscriptions list", EventName = "SubscriptionNoRoutes")]
    public static partial void NoRoutes(this ILogger logger, string appId, string topic);

    [LoggerMessage(8302, LogLevel.Warning, "{AppId}: the app subscribes to topic {Topic} of {PubSub} twice; the last entry counts", EventName = "SubscriptionTwice")]
    public static partial void TopicTwice(this ILogger logger, string appId, string pubSub, string topic);

    [LoggerMessage(8303, LogLevel.Warning, "{AppId}: topic {Topic} of {PubSub} is declared twice; {File} does not count", EventName = "SubscriptionDeclaredTwice")]
    public static partial void DeclaredTwice(this ILogger logger, string appId, string pubSub, string topic, string file);

    [LoggerMessage(8304, LogLevel.Warning, "{AppId}: topic {Topic} asks for bulk subscribe, which the development sidecar does not serve: its messages come one by one", EventName = "SubscriptionBulk")]
    public static partial void NoBulkSubscribe(this ILogger logger, string appId, string topic);

    [LoggerMessage(8305, LogLevel.Warning, "{AppId}: topic {Topic} asks for raw payloads, which the development sidecar does not serve: its messages come as CloudEvents", EventName = "SubscriptionRaw")]
    public static partial void NoRawSubscribe(this ILogger logger, string appId, string topic);

    [LoggerMessage(8306, LogLevel.Error, "{AppId}: nothing comes of topic {Topic}: there is no pubsub component '{PubSub}' for this app. Correct the subscription, or the component's name or scopes", EventName = "SubscriptionUnknownPubSub")]
    public static partial void UnknownPubSub(this ILogger logger, string appId, string topic, string pubSub);

    [LoggerMessage(8307, LogLevel.Error, "{AppId}: a subscription to {PubSub} names no topic: nothing comes of it", EventName = "SubscriptionNoTopic")]
    public static partial void NoTopic(this ILogger logger, string appId, string pubSub);

    [LoggerMessage(8308, LogLevel.Error, "{AppId}: subscription to topic '{Topic}' on pubsub '{PubSub}' is not allowed (the component's allowedTopics, protectedTopics or subscriptionScopes)", EventName = "SubscriptionNotAllowed")]
    public static partial void NotAllowed(this ILogger logger, string appId, string topic, string pubSub);

    [LoggerMessage(8309, LogLevel.Debug, "{AppId}: user app did not subscribe to any topic", EventName = "SubscribeNotFound")]
    public static partial void NoSubscribeEndpoint(this ILogger logger, string appId);

    [LoggerMessage(8310, LogLevel.Error, "{AppId}: app returned http status code {Status} from subscription endpoint: it is not asked again, and gets no messages of its own subscriptions until the sidecar starts anew", EventName = "SubscribeRefused")]
    public static partial void SubscribeRefused(this ILogger logger, string appId, int status);

    [LoggerMessage(8311, LogLevel.Error, "{AppId}: failed to subscribe to topics: {Why}. The app is not asked again, and gets no messages of its own subscriptions until the sidecar starts anew", EventName = "SubscribeInvalid")]
    public static partial void SubscribeInvalid(this ILogger logger, string appId, string why);

    [LoggerMessage(8312, LogLevel.Warning, "{AppId}: the app broke /dapr/subscribe off ({Why}); it is asked again", EventName = "SubscribeBroken")]
    public static partial void SubscribeBroken(this ILogger logger, string appId, string why);

    [LoggerMessage(8313, LogLevel.Error, "{AppId}: the app breaks /dapr/subscribe off each time: it gets no messages of its own subscriptions until the sidecar starts anew", EventName = "SubscribeGivenUp")]
    public static partial void SubscribeGivenUp(this ILogger logger, string appId);

    [LoggerMessage(8314, LogLevel.Critical, "{AppId}: the app's subscriptions could not be stored; the sidecar ends", EventName = "SubscribeFailed")]
    public static partial void SubscribeFailed(this ILogger logger, Exception error, string appId);
}
