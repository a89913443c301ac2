using Cel;
using LlmDapr.Sidecar.Expressions;

namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>
/// A routing rule's condition in CEL on <c>event</c>. Compiled once; thread-safe. In CEL an operand that fails does not matter where the other one
/// decides (<c>event.missing == 1 || true</c>); the library stops at a missing field, so the outermost operators are evaluated here.
/// </summary>
internal sealed class RouteCondition
{
    private readonly Operation _root;

    private RouteCondition(string text, Operation root) => (Text, _root) = (text, root);

    private delegate (object? Value, string? Fault) Operation(RoutedEvent message);

    /// <summary>The condition as it was written.</summary>
    public string Text { get; }

    /// <summary>Compiles a condition.</summary>
    /// <exception cref="InvalidSubscriptionException">It is no CEL, in the words of daprd's library.</exception>
    public static RouteCondition Compile(string text)
    {
        try
        {
            // As a whole first: a fault is to be shown where it stands.
            var whole = new RouteTerm(text);
            return new RouteCondition(text, Plan(text, whole));
        }
        catch (CelExpressionParserException error)
        {
            throw new InvalidSubscriptionException(CelFault.OfSyntax(text, error.Message));
        }
    }

    /// <summary>Whether the condition holds for a message.</summary>
    /// <exception cref="RoutingException">It cannot be evaluated with this message, or gives neither true nor false.</exception>
    public bool IsMet(RoutedEvent message)
    {
        var (value, fault) = _root(message);
        return fault is not null
            ? throw new RoutingException(fault)
            : value as bool? ?? throw new RoutingException($"the result of match expression {Text} was not a boolean");
    }

    private static Operation Plan(string text, RouteTerm? whole = null)
    {
        if (CelOperands.Inside(text) is { } inside)
        {
            return Plan(inside);
        }

        foreach (var (name, decides) in ((string, bool)[])[("||", true), ("&&", false)])
        {
            if (CelOperands.Split(text, name) is { Count: > 1 } operands)
            {
                return Join([.. operands.Select(operand => Plan(operand))], decides);
            }
        }

        return (whole ?? new RouteTerm(text)).Evaluate;
    }

    private static Operation Join(Operation[] operands, bool decides) => message =>
    {
        string? first = null;
        foreach (var operand in operands)
        {
            var (value, fault) = operand(message);
            if (fault is null && value is bool decided && decided == decides)
            {
                return (decides, null);
            }

            first ??= fault ?? (value is bool ? null : "no such overload");
        }

        return first is null ? (!decides, null) : (null, first);
    };
}
