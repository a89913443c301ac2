namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>One topic that an app wants, and where its messages go. Immutable and thread-safe.</summary>
/// <param name="PubSubName">The component; may name one that does not exist (it is then listed, and nothing is delivered).</param>
/// <param name="Topic">The topic, taken literally (no wildcards, as Redis).</param>
/// <param name="Rules">Where messages go: the first rule that holds wins. May be empty (then nothing is ever called).</param>
internal sealed record Subscription(string PubSubName, string Topic, IReadOnlyList<RouteRule> Rules)
{
    /// <summary>The subscription's metadata; empty when it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Where messages go that cannot be delivered; null = nowhere.</summary>
    public string? DeadLetterTopic { get; init; }

    /// <summary>Where the subscription comes from.</summary>
    public SubscriptionKind Kind { get; init; }

    /// <summary>
    /// The path of the app, ready for a request line (rooted, cleaned, query kept), that gets this message. Null: no rule holds: the
    /// message is acknowledged, or dead-lettered where there is a dead-letter topic.
    /// </summary>
    /// <param name="envelope">The message's CloudEvent, as published.</param>
    /// <exception cref="RoutingException">A rule could not be evaluated: no later rule is tried.</exception>
    public string? PathFor(ReadOnlyMemory<byte> envelope)
    {
        var message = new RoutedEvent(envelope);
        foreach (var rule in Rules)
        {
            if (rule.Holds(message))
            {
                return rule.Target;
            }
        }

        return null;
    }
}
