using System.Globalization;

namespace LlmDapr.Testing;

/// <summary>Reads Prometheus text.</summary>
public static class Metrics
{
    /// <summary>The sum of a metric's series, whatever their labels.</summary>
    /// <exception cref="InvalidDataException">There is no such metric.</exception>
    public static int Sum(string text, string metric)
    {
        ArgumentNullException.ThrowIfNull(text);
        var values = text.Split('\n')
            .Where(line => line.StartsWith(metric + "{", StringComparison.Ordinal) || line.StartsWith(metric + " ", StringComparison.Ordinal))
            .Select(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture))
            .ToList();
        return values.Count > 0 ? (int)values.Sum() : throw new InvalidDataException($"No metric {metric} in:\n{text}");
    }

    /// <summary>The same of the series that have a label, or 0: a counter that has not counted yet has no series.</summary>
    public static int SumOrZero(string text, string metric, string label = "")
    {
        ArgumentNullException.ThrowIfNull(text);
        var counted = text.Split('\n').Where(line => (line.StartsWith(metric + "{", StringComparison.Ordinal) || line.StartsWith(metric + " ", StringComparison.Ordinal)) && line.Contains(label, StringComparison.Ordinal)).ToList();
        return counted.Count == 0 ? 0 : Sum(string.Join('\n', counted), metric);
    }
}
