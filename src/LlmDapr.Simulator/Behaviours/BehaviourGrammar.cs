using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LlmDapr.Simulator.Behaviours;

/// <summary>
/// The options after <c>?</c> in a model's name and in the configuration: <c>ttft=200ms&amp;tps=50&amp;fault=cut&amp;after=10</c>.
/// The only place that knows their names, ranges and words.
/// </summary>
internal static class BehaviourGrammar
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private static readonly Dictionary<string, Option> Options = new(StringComparer.Ordinal)
    {
        ["ttft"] = new("a duration from 0ms to 1h such as 200ms, 1.5s or 2m", (b, v) =>
            TryDuration(v, out TimeSpan ttft) ? b with { Ttft = ttft } : null),
        ["tps"] = new("words a second from 0 (no pauses) to 100000", (b, v) => Number(v, 100_000) is { } tps ? b with { Tps = tps } : null),
        ["words"] = new("a whole number from 0 to 100000", (b, v) => Whole(v, 0, 100_000) is { } words ? b with { Words = words } : null),
        ["jitter"] = new("a number from 0 to 3", (b, v) => Number(v, 3) is { } jitter ? b with { Jitter = jitter } : null),
        ["seed"] = new("a whole number from 0", (b, v) => Whole(v, 0) is { } seed ? b with { Seed = seed } : null),
        ["rpm"] = new("a whole number from 1", (b, v) => Whole(v, 1) is { } rpm ? b with { Rpm = rpm } : null),
        ["tpm"] = new("a whole number from 1", (b, v) => Whole(v, 1) is { } tpm ? b with { Tpm = tpm } : null),
        ["concurrency"] = new("a whole number from 1", (b, v) => Whole(v, 1) is { } cap ? b with { Concurrency = cap } : null),
        ["over"] = new("429 or 503", (b, v) => v is "429" or "503" ? b with { Over = Whole(v, 0)!.Value } : null),
        ["err500"] = new("a percentage from 0 to 100", (b, v) => Number(v, 100) is { } share ? b with { Err500 = share } : null),
        ["err503"] = new("a percentage from 0 to 100", (b, v) => Number(v, 100) is { } share ? b with { Err503 = share } : null),
        ["err429"] = new("a percentage from 0 to 100", (b, v) => Number(v, 100) is { } share ? b with { Err429 = share } : null),
        ["fault"] = new("one of " + string.Join(", ", FaultNames.All), (b, v) => FaultNames.TryParse(v, out Fault fault) ? b with { Fault = fault } : null),
        ["after"] = new("a whole number from 0", (b, v) => Whole(v, 0) is { } after ? b with { After = after } : null),
        ["times"] = new("a whole number from 0", (b, v) => Whole(v, 0) is { } times ? b with { Times = times } : null),
        ["echo"] = new("none or raw", (b, v) => v is "none" or "raw" ? b with { EchoRaw = v == "raw" } : null),
        ["head"] = new("token or early", (b, v) => v is "token" or "early" ? b with { EarlyHead = v == "early" } : null),
        ["dims"] = new("a whole number from 1 to 4096", (b, v) => Whole(v, 1, 4096) is { } dims ? b with { Dims = dims } : null),
    };

    /// <summary>The options' names, sorted.</summary>
    public static string Allowed { get; } = string.Join(", ", Options.Keys.Order(StringComparer.Ordinal));

    /// <summary>Applies the options of <paramref name="text"/> to <paramref name="start"/>, or says which one is wrong and what is allowed.</summary>
    public static bool TryApply(Behaviour start, string text, [NotNullWhen(true)] out Behaviour? result, [NotNullWhen(false)] out string? problem)
    {
        result = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Behaviour behaviour = start;
        foreach (string part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                problem = $"'{part}' has no value: write option=value. Allowed options: {Allowed}.";
                return false;
            }

            string name = part[..equals];
            string value = part[(equals + 1)..];
            if (!Options.TryGetValue(name, out Option? option))
            {
                problem = $"unknown option '{name}'. Allowed options: {Allowed}.";
                return false;
            }

            if (!seen.Add(name))
            {
                problem = $"option '{name}' is there twice.";
                return false;
            }

            if (option.Apply(behaviour, value) is not { } next)
            {
                problem = $"option '{name}' must be {option.Expected}, but is '{value}'.";
                return false;
            }

            behaviour = next;
        }

        if (behaviour.Err500 + behaviour.Err503 + behaviour.Err429 > 100)
        {
            problem = "err500, err503 and err429 are together more than 100 percent.";
            return false;
        }

        result = behaviour;
        problem = null;
        return true;
    }

    private static int? Whole(string text, int min, int max = int.MaxValue) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max ? value : null;

    private static double? Number(string text, double max) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value <= max ? value : null;

    private static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        (string digits, double ticks) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], TimeSpan.TicksPerMillisecond),
            _ when text.EndsWith('s') => (text[..^1], TimeSpan.TicksPerSecond),
            _ when text.EndsWith('m') => (text[..^1], TimeSpan.TicksPerMinute),
            _ when text.EndsWith('h') => (text[..^1], TimeSpan.TicksPerHour),
            _ => ("", 0d),
        };
        if (Number(digits, LongestPause.TotalMilliseconds) is not { } count || count * ticks > LongestPause.Ticks)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(count * ticks));
        return true;
    }

    private sealed record Option(string Expected, Func<Behaviour, string, Behaviour?> Apply);
}
