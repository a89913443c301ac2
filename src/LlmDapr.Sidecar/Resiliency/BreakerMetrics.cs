using System.Globalization;
using System.Text;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>The breakers in Prometheus' text format: daprd's gauge, with the method beside the target because each method has its own breaker.</summary>
internal static class BreakerMetrics
{
    private const string Gauge = "dapr_resiliency_cb_state";

    /// <summary>Appends nothing where no breaker has been used.</summary>
    public static void Append(StringBuilder page, string appId, IReadOnlyCollection<BreakerSnapshot> breakers)
    {
        if (breakers.Count == 0)
        {
            return;
        }

        page.Append(CultureInfo.InvariantCulture, $"# HELP {Gauge} Whether a circuit breaker is in this state.\n# TYPE {Gauge} gauge\n");
        foreach (var breaker in breakers)
        {
            foreach (var state in Enum.GetValues<BreakerState>())
            {
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"{Gauge}{{app_id=\"{Escape(appId)}\",target=\"app_{Escape(breaker.AppId)}\",method=\"{Escape(breaker.Method)}\",policy=\"circuitbreaker\",flow_direction=\"outbound\",status=\"{state.Name()}\"}} {(breaker.State == state ? 1 : 0)}\n");
            }
        }
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
