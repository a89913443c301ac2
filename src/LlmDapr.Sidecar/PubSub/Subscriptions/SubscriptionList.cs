using System.Text;
using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>All subscriptions of an app: the declared ones, then those that it asked for itself, which win over declared ones for the same topic.</summary>
internal static class SubscriptionList
{
    /// <summary>Puts both kinds together.</summary>
    public static IReadOnlyList<Subscription> Merge(IReadOnlyList<Subscription> declared, IReadOnlyList<Subscription> programmatic) =>
    [
        .. declared.Where(one => !programmatic.Any(other => other.PubSubName == one.PubSubName && other.Topic == one.Topic)),
        .. programmatic,
    ];

    /// <summary>Those of which messages can come. The others are listed and logged, and nothing more.</summary>
    public static IReadOnlyList<Subscription> Deliverable(
        IReadOnlyList<Subscription> all, IReadOnlyDictionary<string, PubSubComponent> components, string appId, ILogger logger)
    {
        var deliverable = new List<Subscription>();
        foreach (var subscription in all)
        {
            if (!components.TryGetValue(subscription.PubSubName, out var component))
            {
                logger.UnknownPubSub(appId, subscription.Topic, subscription.PubSubName);
            }
            else if (subscription.Topic.Length == 0)
            {
                logger.NoTopic(appId, subscription.PubSubName);
            }
            else if (!new TopicScopes(component, appId).MaySubscribe(subscription.Topic))
            {
                logger.NotAllowed(appId, subscription.Topic, subscription.PubSubName);
            }
            else
            {
                deliverable.Add(subscription);
            }
        }

        return deliverable;
    }

    /// <summary>Writes one as metadata shows it.</summary>
    public static string Write(Subscription subscription)
    {
        var json = new StringBuilder($"{{\"pubsubname\":{DaprError.Quote(subscription.PubSubName)},\"topic\":{DaprError.Quote(subscription.Topic)}");
        if (subscription.Metadata.Count > 0)
        {
            json.Append(",\"metadata\":{").AppendJoin(',', subscription.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{DaprError.Quote(pair.Key)}:{DaprError.Quote(pair.Value)}")).Append('}');
        }

        if (subscription.Rules.Count > 0)
        {
            json.Append(",\"rules\":[").AppendJoin(',', subscription.Rules.Select(Write)).Append(']');
        }

        return json.Append($",\"deadLetterTopic\":{DaprError.Quote(subscription.DeadLetterTopic ?? "")},\"type\":\"{subscription.Kind.ToString().ToUpperInvariant()}\"}}").ToString();
    }

    private static string Write(RouteRule rule)
    {
        var fields = ((string Name, string Value)[])[("match", rule.Match), ("path", rule.Path)];
        return $"{{{string.Join(',', fields.Where(field => field.Value.Length > 0).Select(field => $"\"{field.Name}\":{DaprError.Quote(field.Value)}"))}}}";
    }
}
