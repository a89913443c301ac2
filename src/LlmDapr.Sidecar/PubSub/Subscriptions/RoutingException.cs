namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>A rule cannot tell where a message goes, in the words of daprd's CEL library.</summary>
internal sealed class RoutingException(string message) : Exception(message);
