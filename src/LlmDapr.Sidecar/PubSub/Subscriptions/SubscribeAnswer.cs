using System.Text.Json;
using LlmDapr.Sidecar.PubSub.Publishing;

namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>Reads an app's answer to <c>GET /dapr/subscribe</c>: names in any case, unknown ones passed over.</summary>
internal static class SubscribeAnswer
{
    private const string GoType = "SubscriptionJSON";

    /// <summary>The subscriptions of an answer's body, in its order; of two for one topic only the last. One bad entry spoils all.</summary>
    /// <exception cref="InvalidSubscriptionException">The body is not what it should be, in daprd's words.</exception>
    public static IReadOnlyList<Subscription> Read(ReadOnlyMemory<byte> body, string appId, ILogger logger)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            throw new InvalidSubscriptionException($"error getting topics from app: {GoJsonFault.Explain(body.Span)}");
        }

        using (document)
        {
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Null => [],
                JsonValueKind.Array => ReadList(document.RootElement, appId, logger),
                var kind => throw new InvalidSubscriptionException(
                    $"error getting topics from app: json: cannot unmarshal {GoJsonFault.NameOf(kind)} into Go value of type []pubsub.{GoType}"),
            };
        }
    }

    private static List<Subscription> ReadList(JsonElement list, string appId, ILogger logger)
    {
        var subscriptions = new List<Subscription>();
        foreach (var entry in list.EnumerateArray())
        {
            var subscription = Read(entry, appId, logger);
            if (subscription.Rules.Count == 0)
            {
                logger.NoRoutes(appId, subscription.Topic);
                continue;
            }

            var same = subscriptions.FindIndex(other => other.PubSubName == subscription.PubSubName && other.Topic == subscription.Topic);
            if (same >= 0)
            {
                logger.TopicTwice(appId, subscription.PubSubName, subscription.Topic);
                subscriptions[same] = subscription;
            }
            else
            {
                subscriptions.Add(subscription);
            }
        }

        return subscriptions;
    }

    private static Subscription Read(JsonElement entry, string appId, ILogger logger)
    {
        Need(entry, JsonValueKind.Object, "", $"pubsub.{GoType}");
        var rules = new List<RouteRule>();
        var routes = Field(entry, "routes");
        Need(routes, JsonValueKind.Object, "routes", "pubsub.RoutesJSON");
        var list = Field(routes, "rules");
        Need(list, JsonValueKind.Array, "routes.rules", "[]*pubsub.RuleJSON");
        foreach (var rule in list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().ToArray() : [])
        {
            Need(rule, JsonValueKind.Object, "routes.rules", "pubsub.RuleJSON");
            rules.Add(RouteRule.When(Text(rule, "match", "routes.rules."), Text(rule, "path", "routes.rules.")));
        }

        // The older "route" is the default where the routes have none.
        var fallback = Text(routes, "default", "routes.") is { Length: > 0 } path ? path : Text(entry, "route");
        if (fallback.Length > 0)
        {
            rules.Add(RouteRule.Always(fallback));
        }

        var topic = Text(entry, "topic");
        if (Field(Field(entry, "bulkSubscribe"), "enabled").ValueKind == JsonValueKind.True)
        {
            logger.NoBulkSubscribe(appId, topic);
        }

        var metadata = Metadata(Field(entry, "metadata"));
        if (PublishMetadata.IsRaw(metadata, out _) is true)
        {
            logger.NoRawSubscribe(appId, topic);
        }

        return new Subscription(Text(entry, "pubsubname"), topic, rules)
        {
            Metadata = metadata,
            DeadLetterTopic = Text(entry, "deadLetterTopic") is { Length: > 0 } dead ? dead : null,
            Kind = SubscriptionKind.Programmatic,
        };
    }

    private static Dictionary<string, string> Metadata(JsonElement metadata)
    {
        Need(metadata, JsonValueKind.Object, "metadata", "map[string]string");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in metadata.ValueKind == JsonValueKind.Object ? metadata.EnumerateObject().ToArray() : [])
        {
            Need(field.Value, JsonValueKind.String, "metadata", "string");
            values[field.Name] = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : "";
        }

        return values;
    }

    private static string Text(JsonElement map, string name, string prefix = "")
    {
        var value = Field(map, name);
        Need(value, JsonValueKind.String, prefix + name, "string");
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
    }

    private static JsonElement Field(JsonElement map, string name)
    {
        JsonElement found = default;
        foreach (var field in map.ValueKind == JsonValueKind.Object ? map.EnumerateObject().ToArray() : [])
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                found = field.Value;
            }
        }

        return found;
    }

    // Absent and null are taken for empty; any other kind of value is an error.
    private static void Need(JsonElement value, JsonValueKind kind, string field, string type)
    {
        if (value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && value.ValueKind != kind)
        {
            var where = field.Length == 0 ? "Go value" : $"Go struct field {GoType}.{field}";
            throw new InvalidSubscriptionException($"error getting topics from app: json: cannot unmarshal {GoJsonFault.NameOf(value.ValueKind)} into {where} of type {type}");
        }
    }
}
