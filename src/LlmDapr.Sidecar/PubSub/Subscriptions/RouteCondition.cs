using System.Text.RegularExpressions;
using Cel;
using LlmDapr.Sidecar.Expressions;

namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>A routing rule's condition in CEL on <c>event</c>. Compiled once; thread-safe.</summary>
internal sealed partial class RouteCondition
{
    private readonly CelProgramDelegate _program;
    private readonly string[][] _guards;

    private RouteCondition(string text, CelProgramDelegate program)
    {
        Text = text;
        _program = program;
        _guards = [.. Guard().Matches(text).Select(match => match.Groups["path"].Value.Split('.', StringSplitOptions.RemoveEmptyEntries))];
    }

    /// <summary>The condition as it was written.</summary>
    public string Text { get; }

    /// <summary>Compiles a condition.</summary>
    /// <exception cref="InvalidSubscriptionException">It is no CEL, in the words of daprd's library.</exception>
    public static RouteCondition Compile(string text)
    {
        try
        {
            return new RouteCondition(text, new CelEnvironment(null, string.Empty).Compile(text));
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
        var attributes = message.Attributes;
        if (!TryEvaluate(attributes, out var value, out var fault)
            && !(WithoutScalars(attributes) is { } plain && TryEvaluate(plain, out value, out fault)))
        {
            throw new RoutingException(fault);
        }

        return value as bool? ?? throw new RoutingException($"the result of match expression {Text} was not a boolean");
    }

    private bool TryEvaluate(Dictionary<string, object?> attributes, out object? value, out string fault)
    {
        try
        {
            value = _program(new Dictionary<string, object?>(StringComparer.Ordinal) { ["event"] = attributes });
            fault = "";
            return true;
        }
        catch (Exception error)
        {
            value = null;
            fault = WordsOf(error);
            return false;
        }
    }

    /// <summary>
    /// daprd's library says that a text or a number has no fields, this one that it cannot be asked. So where a <c>has()</c> looks into one, it is
    /// asked again with a value without fields in its place. Null when there is no such place.
    /// </summary>
    private Dictionary<string, object?>? WithoutScalars(Dictionary<string, object?> attributes)
    {
        Dictionary<string, object?>? changed = null;
        foreach (var guard in _guards)
        {
            var at = changed ?? attributes;
            for (var depth = 0; depth < guard.Length && at.TryGetValue(guard[depth], out var next); depth++)
            {
                if (next is string or double or bool or null)
                {
                    changed = Replace(changed ?? attributes, guard.AsSpan(0, depth + 1));
                    break;
                }

                if (next is not Dictionary<string, object?> map)
                {
                    break;
                }

                at = map;
            }
        }

        return changed;
    }

    private static Dictionary<string, object?> Replace(Dictionary<string, object?> map, ReadOnlySpan<string> path) => new(map, StringComparer.Ordinal)
    {
        [path[0]] = path.Length == 1 ? [] : Replace((Dictionary<string, object?>)map[path[0]]!, path[1..]),
    };

    private static string WordsOf(Exception error) => error switch
    {
        CelNoSuchFieldException when Field().Match(error.Message) is { Success: true } match => $"no such key: {match.Groups["field"].Value}",
        CelTypeDoesNotSupportFieldSelectionException when Field().Match(error.Message) is { Success: true } match => $"no such key: {match.Groups["field"].Value}",
        CelNoSuchOverloadException => "no such overload",
        CelUndeclaredReferenceException when Field().Match(error.Message) is { Success: true } match => $"no such attribute(s): {match.Groups["field"].Value}",
        _ => error.Message,
    };

    [GeneratedRegex(@"has\(\s*event\.(?<path>[A-Za-z_][A-Za-z_0-9.]*)\.[A-Za-z_][A-Za-z_0-9]*\s*\)")]
    private static partial Regex Guard();

    [GeneratedRegex(@"(field|reference to) '(?<field>[^']*)'")]
    private static partial Regex Field();
}
