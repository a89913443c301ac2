namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>Where a subscription comes from.</summary>
internal enum SubscriptionKind
{
    /// <summary>The app's answer to <c>GET /dapr/subscribe</c>.</summary>
    Programmatic,

    /// <summary>A resource file of kind Subscription.</summary>
    Declarative,
}
