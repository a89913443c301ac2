using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.PubSub.Publishing;
using LlmDapr.Sidecar.Resources;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>Reads the resource files of kind Subscription, <c>v2alpha1</c> (<c>routes</c>) and <c>v1alpha1</c> (<c>route</c>).</summary>
internal static class DeclaredSubscriptions
{
    /// <summary>The app's declared subscriptions, in the order of their files; of two for one topic only the first.</summary>
    /// <exception cref="StartException">A rule is no CEL: daprd does not start either.</exception>
    public static IReadOnlyList<Subscription> Read(IEnumerable<ResourceDocument> resources, string appId, ILogger logger)
    {
        var subscriptions = new List<Subscription>();
        foreach (var document in resources.Where(document => document.Kind == "Subscription" && (document.Scopes.Count == 0 || document.Scopes.Contains(appId))))
        {
            Subscription subscription;
            try
            {
                subscription = Read(document, appId, logger);
            }
            catch (InvalidSubscriptionException invalid)
            {
                throw new StartException($"{Path.GetFullPath(document.File)}: subscription {document.Name}: {invalid.Message}", invalid);
            }

            if (subscriptions.Any(other => other.PubSubName == subscription.PubSubName && other.Topic == subscription.Topic))
            {
                logger.DeclaredTwice(appId, subscription.PubSubName, subscription.Topic, document.File);
                continue;
            }

            subscriptions.Add(subscription);
        }

        return subscriptions;
    }

    private static Subscription Read(ResourceDocument document, string appId, ILogger logger)
    {
        var spec = Mapping(document.Root, "spec");
        var topic = Text(spec, "topic");
        if (Text(Mapping(spec, "bulkSubscribe"), "enabled") == "true")
        {
            logger.NoBulkSubscribe(appId, topic);
        }

        var metadata = Mapping(spec, "metadata")?.Children.ToDictionary(pair => Value(pair.Key), pair => Value(pair.Value), StringComparer.Ordinal) ?? [];
        if (PublishMetadata.IsRaw(metadata, out _) is true)
        {
            logger.NoRawSubscribe(appId, topic);
        }

        return new Subscription(Text(spec, "pubsubname"), topic, Text(document.Root, "apiVersion") == "dapr.io/v1alpha1" ? [RouteRule.Always(Text(spec, "route"))] : Rules(spec))
        {
            Metadata = metadata,
            DeadLetterTopic = Text(spec, "deadLetterTopic") is { Length: > 0 } dead ? dead : null,
            Kind = SubscriptionKind.Declarative,
        };
    }

    // None at all is allowed: the subscription is listed, and its messages go nowhere.
    private static List<RouteRule> Rules(YamlMappingNode? spec)
    {
        var routes = Mapping(spec, "routes");
        var rules = new List<RouteRule>();
        foreach (var rule in Child(routes, "rules") is YamlSequenceNode list ? list.Children.OfType<YamlMappingNode>() : [])
        {
            rules.Add(RouteRule.When(Text(rule, "match"), Text(rule, "path")));
        }

        if (Text(routes, "default") is { Length: > 0 } path)
        {
            rules.Add(RouteRule.Always(path));
        }

        return rules;
    }

    private static YamlNode? Child(YamlMappingNode? map, string key) => map is not null && map.Children.TryGetValue(key, out var node) ? node : null;

    private static YamlMappingNode? Mapping(YamlMappingNode? map, string key) => Child(map, key) as YamlMappingNode;

    private static string Text(YamlMappingNode? map, string key) => Child(map, key) is { } node ? Value(node) : "";

    private static string Value(YamlNode node) => node is YamlScalarNode { Value: { } text } ? text : "";
}
