using System.Globalization;

namespace LlmDapr.Sidecar.Hosting;

/// <summary>Kubernetes quantities of bytes: <c>4Mi</c>, <c>16Mi</c>, <c>2G</c>, <c>4096</c>, <c>1.5Ki</c>.</summary>
internal static class Quantity
{
    // Longer suffixes first, so that "Mi" is not read as "M" with an "i" left over.
    private static readonly (string Suffix, double Factor)[] Suffixes =
    [
        ("Ki", 1024d), ("Mi", 1024d * 1024), ("Gi", 1024d * 1024 * 1024), ("Ti", 1024d * 1024 * 1024 * 1024),
        ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12),
    ];

    /// <summary>Reads a quantity as whole bytes; false when it is none, is negative, or does not fit.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var number = text.AsSpan().Trim();
        var factor = 1d;
        foreach (var (suffix, value) in Suffixes)
        {
            if (number.EndsWith(suffix, StringComparison.Ordinal))
            {
                number = number[..^suffix.Length];
                factor = value;
                break;
            }
        }

        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || amount * factor is var total && total >= long.MaxValue)
        {
            return false;
        }

        bytes = (long)Math.Ceiling(amount * factor);
        return true;
    }
}
