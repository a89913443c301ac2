using LlmDapr.Sidecar.PubSub.Queue;
using LlmDapr.Sidecar.PubSub.Subscriptions;

namespace LlmDapr.Sidecar.PubSub.Delivery;

/// <summary>A subscription of an app, and the app's place in its topic.</summary>
internal sealed record Source(Subscription Subscription, Group Group);
