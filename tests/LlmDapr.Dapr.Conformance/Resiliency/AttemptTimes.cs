using System.Globalization;
using System.Text.RegularExpressions;
using LlmDapr.Dapr.Conformance.Recordings;

namespace LlmDapr.Dapr.Conformance.Resiliency;

/// <summary>
/// Compares when attempts came. Only the rough size counts: never earlier than the policy says, and later by no more than a busy machine
/// explains.
/// </summary>
internal static partial class AttemptTimes
{
    private const double TimerMs = 20;
    private const double BusyMs = 1500;

    // What daprd itself took on top of its waiting, most of it for large bodies: another sidecar may be quicker.
    private const double WorkMs = 150;

    public static void Compare(RecordedCase recorded, IReadOnlyList<double> actual, List<string> differences)
    {
        var wanted = recorded.Part("attempts_at_ms").EnumerateArray().Select(ms => ms.GetDouble()).ToArray();
        if (wanted.Length != actual.Count)
        {
            differences.Add($"the app was called {actual.Count} times (at {Text(actual)} ms), recorded {wanted.Length} (at {Text(wanted)} ms)");
            return;
        }

        var jitters = Jitters(recorded);
        for (var i = 1; i < wanted.Length; i++)
        {
            var gap = actual[i] - actual[i - 1];
            var (least, most) = jitters ? Jittered(recorded, i) : (wanted[i] - wanted[i - 1], wanted[i] - wanted[i - 1]);
            if (gap < (least * 0.9) - TimerMs || gap > (most * 1.25) + BusyMs)
            {
                differences.Add($"attempts came at {Text(actual)} ms, recorded {Text(wanted)} ms");
                return;
            }
        }
    }

    public static void CompareTotal(RecordedCase recorded, double actual, List<string> differences)
    {
        if (!Jitters(recorded))
        {
            CompareTotal(recorded.Receive.GetProperty("total_ms").GetDouble(), actual, differences);
        }
    }

    public static void CompareTotal(double recorded, double actual, List<string> differences)
    {
        if (actual < (recorded * 0.8) - WorkMs || actual > (recorded * 1.25) + BusyMs)
        {
            differences.Add(string.Create(CultureInfo.InvariantCulture, $"the answer took {actual:0} ms, recorded {recorded:0} ms"));
        }
    }

    private static bool Jitters(RecordedCase recorded) => recorded.Part("resources").GetRawText().Contains("exponential", StringComparison.Ordinal);

    // The recorded gaps are chance, but within these bounds: 500 ms × 1.5 up to the cap, each ± 50 %.
    private static (double Least, double Most) Jittered(RecordedCase recorded, int gap)
    {
        var cap = MaxInterval().Match(recorded.Part("resources").GetRawText());
        var most = double.Parse(cap.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) * (cap.Groups["unit"].Value == "s" ? 1000 : 1);
        var middle = Math.Min(500 * Math.Pow(1.5, gap - 1), most);
        return (middle * 0.5, middle * 1.5);
    }

    private static string Text(IEnumerable<double> times) => string.Join(", ", times.Select(ms => ms.ToString("0", CultureInfo.InvariantCulture)));

    [GeneratedRegex("maxInterval: (?<number>[0-9]+)(?<unit>ms|s)")]
    private static partial Regex MaxInterval();
}
