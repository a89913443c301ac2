using System.Diagnostics.Metrics;

namespace LlmDapr.Generation.Recovery;

/// <summary>Counts what was done for streams that broke. Thread-safe.</summary>
internal sealed class RecoveryMetrics
{
    public const string MeterName = "LlmDapr.Recovery";
    public const string Recoveries = "llmdapr.recoveries";
    public const string ModeTag = "mode";
    public const string ResultTag = "result";

    private readonly Counter<long> _recoveries;

    public RecoveryMetrics(IMeterFactory meters) =>
        _recoveries = meters.Create(MeterName).CreateCounter<long>(Recoveries, "{recovery}", "Streams that broke after their first words and were taken up again.");

    /// <summary>Counts one try.</summary>
    /// <param name="mode">A word of <see cref="RecoveryMode"/>.</param>
    /// <param name="result">One of <see cref="RecoveryResult"/>.</param>
    public void Count(string mode, string result) => _recoveries.Add(1, new KeyValuePair<string, object?>(ModeTag, mode), new KeyValuePair<string, object?>(ResultTag, result));
}
