using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>One line of a subscription's routes.</summary>
internal sealed class RouteRule
{
    private readonly RouteCondition? _condition;

    private RouteRule(RouteCondition? condition, string path)
    {
        _condition = condition;
        Path = path;
        Target = TargetOf(path);
    }

    /// <summary>The condition in CEL; empty = always.</summary>
    public string Match => _condition?.Text ?? "";

    /// <summary>The path as the subscription gives it, for metadata.</summary>
    public string Path { get; }

    /// <summary>The path as the app is called.</summary>
    public string Target { get; }

    /// <summary>A rule that always holds.</summary>
    public static RouteRule Always(string path) => new(null, path);

    /// <summary>A rule with a condition; an empty condition always holds.</summary>
    /// <exception cref="InvalidSubscriptionException">The condition is no CEL.</exception>
    public static RouteRule When(string match, string path) => new(match.Trim() is { Length: > 0 } text ? RouteCondition.Compile(text) : null, path);

    /// <summary>Whether a message goes this way.</summary>
    /// <exception cref="RoutingException">The condition cannot be evaluated with this message, or is neither true nor false.</exception>
    public bool Holds(RoutedEvent message) => _condition is null || _condition.IsMet(message);

    // Rooted and cleaned whatever it looks like, so that a full URL is a path, too; what follows a question mark stays as it is.
    private static string TargetOf(string path)
    {
        var question = path.IndexOf('?', StringComparison.Ordinal);
        var (place, query) = question < 0 ? (path, "") : (path[..question], path[question..]);
        var bytes = System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(place));
        return GoPath.Encode(GoPath.Clean("/" + bytes)) + query.Replace(" ", "%20", StringComparison.Ordinal);
    }
}
