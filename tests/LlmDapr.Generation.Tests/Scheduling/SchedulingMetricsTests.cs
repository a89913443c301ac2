using LlmDapr.Contracts;
using LlmDapr.Generation.Scheduling;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace LlmDapr.Generation.Tests.Scheduling;

public sealed class SchedulingMetricsTests : IDisposable
{
    private readonly Rig _rig = new(options => options.MaxQueue = 2);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Gauges_ShowTargetsAndQueues()
    {
        using var slot = _rig.Take();
        slot.Headers([.. Rig.Headers(600, 300), .. Rig.Headers(1000, 250, "tokens")]);
        _rig.Admit(priority: Priorities.Async);

        Assert.Equal(1, Observed<double>(SchedulingMetrics.LimitName, "target", "p/a"));
        Assert.Equal(1, Observed<int>(SchedulingMetrics.InFlightName, "target", "p/a"));
        Assert.Equal(1, Observed<int>(SchedulingMetrics.QueueName, "priority", "async"));
        Assert.Equal(0, Observed<int>(SchedulingMetrics.QueueName, "priority", "interactive"));
        Assert.Equal(300, Observed<double>(SchedulingMetrics.BudgetName, "budget", "requests"));
        Assert.Equal(250, Observed<double>(SchedulingMetrics.BudgetName, "budget", "tokens"));
    }

    [Fact]
    public void Wait_IsRecordedWhenAPlaceIsGiven()
    {
        using var waits = new MetricCollector<double>(_rig.Meters, SchedulingMetrics.MeterName, SchedulingMetrics.WaitName);
        var slot = _rig.Take();
        var next = _rig.Admit(priority: Priorities.Batch);
        _rig.Advance(4);
        slot.Dispose();
        Rig.SlotOf(next).Dispose();

        Assert.Equal([0, 4], waits.GetMeasurementSnapshot().Select(wait => wait.Value));
        Assert.Equal("batch", waits.LastMeasurement!.Tags["priority"]);
    }

    [Fact]
    public void Refusals_AreCountedByReason()
    {
        using var refusals = new MetricCollector<long>(_rig.Meters, SchedulingMetrics.MeterName, SchedulingMetrics.RefusalsName);
        using var provider = new MetricCollector<long>(_rig.Meters, SchedulingMetrics.MeterName, SchedulingMetrics.ProviderRefusalsName);
        using var slot = _rig.Take();
        slot.Finish(AttemptOutcome.Overloaded, null);
        _rig.Admit();
        _rig.Admit();
        _rig.Admit();

        Assert.Equal("queue_full", refusals.LastMeasurement!.Tags["reason"]);
        Assert.Equal("overloaded", provider.LastMeasurement!.Tags["reason"]);
        Assert.Equal("p/a", provider.LastMeasurement!.Tags["target"]);
    }

    private T Observed<T>(string instrument, string tag, string value)
        where T : struct
    {
        using var collector = new MetricCollector<T>(_rig.Meters, SchedulingMetrics.MeterName, instrument);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot().Single(measured => value.Equals(measured.Tags[tag])).Value;
    }
}
