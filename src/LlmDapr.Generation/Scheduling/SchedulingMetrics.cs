using System.Diagnostics.Metrics;
using System.Numerics;
using LlmDapr.Generation.Catalog;

namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// The scheduler's instruments. Tags are bounded: targets, classes and a few words. Models whose names callers choose freely share the series of their pattern:
/// its gauges are sums.
/// </summary>
internal sealed class SchedulingMetrics
{
    public const string MeterName = "LlmDapr.Generation.Scheduling";
    public const string LimitName = "llmdapr.scheduling.limit";
    public const string InFlightName = "llmdapr.scheduling.in_flight";
    public const string QueueName = "llmdapr.scheduling.queue.length";
    public const string WaitName = "llmdapr.scheduling.wait";
    public const string BudgetName = "llmdapr.scheduling.budget.left";
    public const string RefusalsName = "llmdapr.scheduling.refusals";
    public const string ProviderRefusalsName = "llmdapr.scheduling.provider_refusals";

    private static readonly double[] WaitBuckets = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

    private readonly Histogram<double> _wait;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _providerRefusals;
    private readonly Meter _meter;
    private readonly Func<string, string> _labelOf;

    public SchedulingMetrics(IMeterFactory meters, CatalogStore catalog)
        : this(meters, catalog.LabelOf)
    {
    }

    /// <param name="meters">Makes the meter.</param>
    /// <param name="labelOf">A model's name as a metric may have it; null: as it is.</param>
    internal SchedulingMetrics(IMeterFactory meters, Func<string, string>? labelOf = null)
    {
        _labelOf = labelOf ?? (model => model);
        _meter = meters.Create(MeterName);
        _wait = _meter.CreateHistogram(WaitName, "s", "Time that a request waited for its place.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = WaitBuckets });
        _refusals = _meter.CreateCounter<long>(RefusalsName, "{request}", "Requests that were refused without a call to a provider.");
        _providerRefusals = _meter.CreateCounter<long>(ProviderRefusalsName, "{call}", "Calls that a provider refused with 429 or 503.");
    }

    /// <summary>Shows the state of a scheduler.</summary>
    public void Observe(Scheduler scheduler)
    {
        _meter.CreateObservableGauge(LimitName, () => Sums(scheduler.Snapshot().Targets, target => target.Limit), "{call}", "Calls that a target may have at once.");
        _meter.CreateObservableGauge(InFlightName, () => Sums(scheduler.Snapshot().Targets, target => target.InFlight), "{call}", "Calls that a target has now.");
        _meter.CreateObservableGauge(QueueName, () => QueuesOf(scheduler.Snapshot()), "{request}", "Requests that wait.");
        _meter.CreateObservableGauge(BudgetName, () => BudgetsOf(scheduler.Snapshot().Targets), "{unit}", "Requests and tokens that a provider lets us use now.");
    }

    public void Granted(Target target, PriorityClass priority, TimeSpan waited)
    {
        if (_wait.Enabled)
        {
            _wait.Record(waited.TotalSeconds, Tag(target), new("priority", priority.Name()));
        }
    }

    public void Refused(PriorityClass priority, string reason) => _refusals.Add(1, new("priority", priority.Name()), new("reason", reason));

    public void ProviderRefused(Target target, AttemptOutcome outcome, bool isRate)
    {
        if (_providerRefusals.Enabled)
        {
            _providerRefusals.Add(1, Tag(target), new("reason", isRate ? "rate" : outcome == AttemptOutcome.Overloaded ? "overloaded" : "concurrency"));
        }
    }

    private IEnumerable<Measurement<T>> Sums<T>(IEnumerable<TargetSnapshot> targets, Func<TargetSnapshot, T> value, params KeyValuePair<string, object?>[] tags)
        where T : struct, INumber<T> =>
        targets.GroupBy(target => Label(target.Target), value).Select(same => new Measurement<T>(same.Aggregate((one, other) => one + other), [new("target", same.Key), .. tags]));

    private IEnumerable<Measurement<int>> QueuesOf(SchedulerSnapshot snapshot) => snapshot.Queues
        .GroupBy(queue => (Model: _labelOf(queue.Model), queue.Priority))
        .Select(same => new Measurement<int>(same.Sum(queue => queue.Length), new("model", same.Key.Model), new("priority", same.Key.Priority.Name())));

    private IEnumerable<Measurement<double>> BudgetsOf(IReadOnlyList<TargetSnapshot> targets) =>
    [
        .. Sums(targets.Where(target => target.RequestsLeft is not null), target => target.RequestsLeft!.Value, new KeyValuePair<string, object?>("budget", "requests")),
        .. Sums(targets.Where(target => target.TokensLeft is not null), target => target.TokensLeft!.Value, new KeyValuePair<string, object?>("budget", "tokens")),
    ];

    private KeyValuePair<string, object?> Tag(Target target) => new("target", Label(target));

    private string Label(Target target) => $"{target.Provider.Name}/{_labelOf(target.Model)}";
}
