using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Cel;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>The condition, in CEL, that opens a closed breaker. Compiled once; thread-safe.</summary>
internal sealed partial class TripExpression
{
    public static readonly TripExpression Default = new("consecutiveFailures > 5", static counts => counts.ConsecutiveFailures > 5);

    private readonly Func<BreakerCounts, object?> _evaluate;

    private TripExpression(string text, Func<BreakerCounts, object?> evaluate)
    {
        Text = text;
        _evaluate = evaluate;
    }

    public string Text { get; }

    /// <summary>Compiles <paramref name="text"/>; a syntax error is an <see cref="InvalidResiliencyException"/> in daprd's words.</summary>
    public static TripExpression Compile(string text)
    {
        try
        {
            var program = new CelEnvironment(null, string.Empty).Compile(text);
            return new TripExpression(text, counts => program(Variables(counts)));
        }
        catch (CelExpressionParserException error)
        {
            throw new InvalidResiliencyException($"invalid Expr \"{text}\": {Explain(text, error.Message)}");
        }
    }

    /// <summary>Anything but <c>true</c> is no trip: an unknown variable, a division by zero and a number do not open a breaker, as in daprd.</summary>
    public bool IsMet(in BreakerCounts counts) => TryEvaluate(counts, out var value, out _) && value is true;

    /// <summary>Why this expression can never open the breaker, or null. For a warning: daprd accepts it in silence.</summary>
    public string? FindFault()
    {
        // No count is zero, so that a ratio does not divide by it.
        if (!TryEvaluate(new BreakerCounts(10, 5, 5, 1, 1), out var value, out var error))
        {
            return error;
        }

        return value is bool ? null : $"it gives {value ?? "null"}, which is not true or false";
    }

    private bool TryEvaluate(in BreakerCounts counts, out object? value, out string? error)
    {
        try
        {
            value = _evaluate(counts);
            error = null;
            return true;
        }
        catch (Exception failure)
        {
            value = null;
            error = failure.Message;
            return false;
        }
    }

    private static Dictionary<string, object?> Variables(in BreakerCounts counts) => new(StringComparer.Ordinal)
    {
        ["requests"] = counts.Requests,
        ["totalSuccesses"] = counts.TotalSuccesses,
        ["totalFailures"] = counts.TotalFailures,
        ["consecutiveSuccesses"] = counts.ConsecutiveSuccesses,
        ["consecutiveFailures"] = counts.ConsecutiveFailures,
    };

    /// <summary>The parser's message in the layout that daprd's CEL library gives it: columns from 1, the source line and a caret under it.</summary>
    private static string Explain(string text, string message)
    {
        var explanation = new StringBuilder();
        foreach (Match match in ParserError().Matches(message))
        {
            var column = int.Parse(match.Groups["column"].ValueSpan, CultureInfo.InvariantCulture) + 1;
            explanation.Append(explanation.Length == 0 ? string.Empty : "\n")
                .Append(CultureInfo.InvariantCulture, $"ERROR: <input>:{match.Groups["line"].ValueSpan}:{column}: Syntax error: {match.Groups["text"].ValueSpan.Trim()}")
                .Append(CultureInfo.InvariantCulture, $"\n | {text}\n | {new string('.', column - 1)}^");
        }

        return explanation.Length == 0 ? message : explanation.ToString();
    }

    [GeneratedRegex("^Line (?<line>[0-9]+):(?<column>[0-9]+) (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex ParserError();
}
