using System.Text.RegularExpressions;
using Cel;

namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>One operand of a routing rule's condition, evaluated by the CEL library. Thread-safe.</summary>
internal sealed partial class RouteTerm
{
    private readonly CelProgramDelegate _program;
    private readonly string[][] _guards;

    /// <summary>Compiles an operand.</summary>
    /// <exception cref="CelExpressionParserException">It is no CEL.</exception>
    public RouteTerm(string text)
    {
        _program = new CelEnvironment(null, string.Empty).Compile(text);
        _guards = [.. Guard().Matches(text).Select(match => match.Groups["path"].Value.Split('.', StringSplitOptions.RemoveEmptyEntries))];
    }

    /// <summary>Its value for a message, or why it has none.</summary>
    public (object? Value, string? Fault) Evaluate(RoutedEvent message)
    {
        var attributes = message.Attributes;
        return TryEvaluate(attributes, out var value, out var fault) || (WithoutScalars(attributes) is { } plain && TryEvaluate(plain, out value, out fault))
            ? (value, null)
            : (null, fault);
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
