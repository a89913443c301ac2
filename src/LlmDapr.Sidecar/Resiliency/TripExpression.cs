using Cel;
using LlmDapr.Sidecar.Expressions;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>The condition, in CEL, that opens a closed breaker. Compiled once; thread-safe.</summary>
internal sealed class TripExpression
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
            throw new InvalidResiliencyException($"invalid Expr \"{text}\": {CelFault.OfSyntax(text, error.Message)}");
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
}
