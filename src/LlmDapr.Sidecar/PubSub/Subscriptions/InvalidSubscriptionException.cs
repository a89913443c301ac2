namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>A subscription that cannot be taken. One of an app's answer spoils all of them, one of a file ends the start.</summary>
internal sealed class InvalidSubscriptionException(string message) : Exception(message);
