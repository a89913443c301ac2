namespace LlmDapr.Sidecar.PubSub;

/// <summary>Which topics of a component an app may publish to and subscribe to: the component's allowedTopics, protectedTopics and scopes.</summary>
internal sealed class TopicScopes
{
    private readonly HashSet<string> _allowed;
    private readonly HashSet<string> _protected;
    private readonly HashSet<string>? _publishing;
    private readonly HashSet<string>? _subscription;

    /// <summary>Reads a component's settings as they are for one app.</summary>
    public TopicScopes(PubSubComponent component, string appId)
    {
        _allowed = List(component.Setting("allowedTopics"));
        _protected = List(component.Setting("protectedTopics"));
        _publishing = Scoped(component.Setting("publishingScopes"), appId);
        _subscription = Scoped(component.Setting("subscriptionScopes"), appId);
    }

    /// <summary>Whether the app may publish to a topic.</summary>
    public bool MayPublish(string topic) => Allows(topic, _publishing);

    /// <summary>Whether the app may subscribe to a topic.</summary>
    public bool MaySubscribe(string topic) => Allows(topic, _subscription);

    // An app that a scope names gets those topics only, even when it names none; a protected topic needs a scope.
    private bool Allows(string topic, HashSet<string>? scope) =>
        (_allowed.Count == 0 || _allowed.Contains(topic)) && (scope?.Contains(topic) ?? !_protected.Contains(topic));

    private static HashSet<string> List(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    // app1=topic1,topic2;app2=…
    private static HashSet<string>? Scoped(string? text, string appId)
    {
        foreach (var entry in (text ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals && entry[..equals].Trim() == appId)
            {
                return List(entry[(equals + 1)..]);
            }
        }

        return null;
    }
}
