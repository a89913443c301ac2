using System.Text;
using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Tests.Resiliency;

public sealed class BreakerMetricsTests
{
    [Fact]
    public void Append_OpenBreaker_IsOneInOneStateOnly()
    {
        var page = new StringBuilder();

        BreakerMetrics.Append(page, "edge", [new BreakerSnapshot("generation", "a\"b", "cb", BreakerState.Open, default)]);

        const string Labels = "app_id=\"edge\",target=\"app_generation\",method=\"a\\\"b\",policy=\"circuitbreaker\",flow_direction=\"outbound\"";
        Assert.Equal(
            [
                "# HELP dapr_resiliency_cb_state Whether a circuit breaker is in this state.",
                "# TYPE dapr_resiliency_cb_state gauge",
                $"dapr_resiliency_cb_state{{{Labels},status=\"closed\"}} 0",
                $"dapr_resiliency_cb_state{{{Labels},status=\"half-open\"}} 0",
                $"dapr_resiliency_cb_state{{{Labels},status=\"open\"}} 1",
            ],
            page.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Append_NoBreaker_IsNothing()
    {
        var page = new StringBuilder();

        BreakerMetrics.Append(page, "edge", []);

        Assert.Equal(0, page.Length);
    }
}
