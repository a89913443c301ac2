using System.Numerics;
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

    [Fact]
    public void NamesThatCallersChoose_ShareTheSeriesOfTheirPattern()
    {
        using var rig = new Rig(options => options.MaxQueue = 2, labelOf: model => model.StartsWith("sim-", StringComparison.Ordinal) ? "sim-*" : model);
        using var waits = new MetricCollector<double>(rig.Meters, SchedulingMetrics.MeterName, SchedulingMetrics.WaitName);
        using var slots = new Slots();
        for (var i = 0; i < 5; i++)
        {
            Candidate[] candidates = [new Candidate(rig.A with { Model = $"sim-{i}" }, 0, 1)];
            var slot = slots.Add(Rig.SlotOf(rig.Admit(model: $"sim-{i}", candidates: candidates)));
            slot.Headers([.. Rig.Headers(600, 300)]);
            rig.Admit(model: $"sim-{i}", candidates: candidates);
        }

        Assert.Equal((5, "p/sim-*"), Only<double>(rig, SchedulingMetrics.LimitName, "target"));
        Assert.Equal((5, "p/sim-*"), Only<int>(rig, SchedulingMetrics.InFlightName, "target"));
        Assert.Equal((1500, "p/sim-*"), Only<double>(rig, SchedulingMetrics.BudgetName, "target"));
        Assert.Equal((5, "sim-*"), Only<int>(rig, SchedulingMetrics.QueueName, "model"));
        Assert.Equal(["p/sim-*"], waits.GetMeasurementSnapshot().Select(wait => wait.Tags["target"]).Distinct());
    }

    // The one series that is not zero.
    private static (double Value, object? Tag) Only<T>(Rig rig, string instrument, string tag)
        where T : struct, INumber<T>
    {
        using var collector = new MetricCollector<T>(rig.Meters, SchedulingMetrics.MeterName, instrument);
        collector.RecordObservableInstruments();
        var only = Assert.Single(collector.GetMeasurementSnapshot(), measured => !T.IsZero(measured.Value));
        return (double.CreateChecked(only.Value), only.Tags[tag]);
    }

    private sealed class Slots : IDisposable
    {
        private readonly List<Slot> _slots = [];

        public Slot Add(Slot slot)
        {
            _slots.Add(slot);
            return slot;
        }

        public void Dispose() => _slots.ForEach(slot => slot.Dispose());
    }

    private T Observed<T>(string instrument, string tag, string value)
        where T : struct
    {
        using var collector = new MetricCollector<T>(_rig.Meters, SchedulingMetrics.MeterName, instrument);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot().Single(measured => value.Equals(measured.Tags[tag])).Value;
    }
}
