namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>The refusals of a publish, as daprd words them.</summary>
internal static class PublishErrors
{
    private const int InvalidArgument = 3;
    private const int PermissionDenied = 7;
    private const int Unimplemented = 12;
    private const int Internal = 13;

    /// <summary>There is no such component for this app.</summary>
    public static PublishRefusal NotFound(string pubsub) =>
        new(404, InvalidArgument, "ERR_PUBSUB_NOT_FOUND", "DAPR_PUBSUB_NOT_FOUND", $"pubsub {pubsub} is not found", [], null);

    /// <summary>The call names no component. Only gRPC can do that.</summary>
    public static PublishRefusal NameEmpty() =>
        new(404, InvalidArgument, "ERR_PUBSUB_EMPTY", "DAPR_PUBSUB_NAME_EMPTY", "pubsub name is empty", [new("error", "pubsub name is empty")], "");

    /// <summary>The call names no topic. Only gRPC can do that.</summary>
    public static PublishRefusal TopicEmpty(string pubsub) =>
        Of(404, InvalidArgument, "ERR_TOPIC_NAME_EMPTY", "DAPR_PUBSUB_TOPIC_NAME_EMPTY", $"topic is empty in pubsub {pubsub}", pubsub, []);

    /// <summary>rawPayload is neither true nor false.</summary>
    public static PublishRefusal BadRawPayload(string pubsub, string value) =>
        Metadata(pubsub, $"failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is '{value}'", new("rawPayload", value));

    /// <summary>The metadata cannot become headers.</summary>
    public static PublishRefusal Undeliverable(string pubsub, string why) =>
        Metadata(pubsub, $"the message could never be delivered, its metadata become HTTP headers: {why}", new("error", why));

    /// <summary>The body should be a CloudEvent.</summary>
    public static PublishRefusal NoCloudEvent(string pubsub, string appId, string error) => Of(
        500, InvalidArgument, "ERR_PUBSUB_CLOUD_EVENTS_SER", "DAPR_PUBSUB_CLOUD_EVENT_CREATION", "cannot create cloudevent", pubsub, [new("appID", appId), new("error", error)]);

    /// <summary>The component's scopes do not let the app.</summary>
    public static PublishRefusal Forbidden(string pubsub, string topic, string appId)
    {
        var message = $"topic {topic} is not allowed for app id {appId}";
        return Of(403, PermissionDenied, "ERR_PUBSUB_FORBIDDEN", "DAPR_PUBSUB_FORBIDDEN", message, pubsub, [new("error", message), new("topic", topic)]);
    }

    /// <summary>The message could not be taken.</summary>
    public static PublishRefusal Failed(string pubsub, string topic, string error) => Of(
        500, Internal, "ERR_PUBSUB_PUBLISH_MESSAGE", "DAPR_PUBSUB_PUBLISH_MESSAGE", $"error when publishing to topic {topic} in pubsub {pubsub}: {error}", pubsub, [new("error", error), new("topic", topic)]);

    /// <summary>A part of pub/sub that the development sidecar does not serve.</summary>
    public static PublishRefusal NotServed(string what) =>
        new(501, Unimplemented, "ERR_PUBSUB_NOT_SUPPORTED", "DAPR_PUBSUB_NOT_SUPPORTED", $"{what}: not served by the development sidecar; use daprd for it", [], null);

    private static PublishRefusal Metadata(string pubsub, string message, KeyValuePair<string, string> detail) =>
        Of(400, InvalidArgument, "ERR_PUBSUB_REQUEST_METADATA", "DAPR_PUBSUB_METADATA_DESERIALIZATION", message, pubsub, [detail]);

    private static PublishRefusal Of(
        int status, int grpc, string code, string reason, string message, string pubsub, IReadOnlyList<KeyValuePair<string, string>> metadata) =>
        new(status, grpc, code, reason, message, metadata, pubsub);
}
