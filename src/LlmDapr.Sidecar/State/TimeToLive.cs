using System.Globalization;

namespace LlmDapr.Sidecar.State;

/// <summary>The metadata <c>ttlInSeconds</c>, read and refused as daprd does.</summary>
internal static class TimeToLive
{
    private const string Wrong = "error parsing TTL: incorrect value for metadata 'ttlInSeconds': ";

    /// <summary>Reads a TTL; returns daprd's error, or null.</summary>
    /// <param name="text">As it was given; null or empty = none given.</param>
    /// <param name="standard">Seconds that hold when none is given; null = for ever.</param>
    /// <param name="seconds">The seconds; null = for ever.</param>
    public static string? Read(string? text, int? standard, out int? seconds)
    {
        seconds = standard;
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            var why = text.AsSpan(text[0] is '+' or '-' ? 1 : 0) is { Length: > 0 } digits && !digits.ContainsAnyExceptInRange('0', '9') ? "value out of range" : "invalid syntax";
            return $"{Wrong}strconv.ParseInt: parsing {Api.DaprError.Quote(text)}: {why}";
        }

        if (value is < -1 or > int.MaxValue)
        {
            return Wrong + "must be -1 or greater";
        }

        seconds = value > 0 ? (int)value : null;
        return null;
    }
}
