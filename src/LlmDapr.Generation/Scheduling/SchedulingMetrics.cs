using System.Diagnostics.Metrics;
using LlmDapr.Generation.Catalog;

namespace LlmDapr.Generation.Scheduling;

/// <summary>The scheduler's instruments. Tags are bounded: targets, classes and a few words.</summary>
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

    public SchedulingMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _wait = _meter.CreateHistogram(WaitName, "s", "Time that a request waited for its place.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = WaitBuckets });
        _refusals = _meter.CreateCounter<long>(RefusalsName, "{request}", "Requests that were refused without a call to a provider.");
        _providerRefusals = _meter.CreateCounter<long>(ProviderRefusalsName, "{call}", "Calls that a provider refused with 429 or 503.");
    }

    /// <summary>Shows the state of a scheduler.</summary>
    public void Observe(Scheduler scheduler)
    {
        _meter.CreateObservableGauge(LimitName, () => scheduler.Snapshot().Targets.Select(target => new Measurement<double>(target.Limit, Tag(target.Target))), "{call}", "Calls that a target may have at once.");
        _meter.CreateObservableGauge(InFlightName, () => scheduler.Snapshot().Targets.Select(target => new Measurement<int>(target.InFlight, Tag(target.Target))), "{call}", "Calls that a target has now.");
        _meter.CreateObservableGauge(QueueName, () => scheduler.Snapshot().Queues.Select(queue => new Measurement<int>(queue.Length, new("model", queue.Model), new("priority", queue.Priority.Name()))), "{request}", "Requests that wait.");
        _meter.CreateObservableGauge(BudgetName, () => scheduler.Snapshot().Targets.SelectMany(BudgetsOf), "{unit}", "Requests and tokens that a provider lets us use now.");
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

    private static IEnumerable<Measurement<double>> BudgetsOf(TargetSnapshot target)
    {
        if (target.RequestsLeft is { } requests)
        {
            yield return new Measurement<double>(requests, Tag(target.Target), new("budget", "requests"));
        }

        if (target.TokensLeft is { } tokens)
        {
            yield return new Measurement<double>(tokens, Tag(target.Target), new("budget", "tokens"));
        }
    }

    private static KeyValuePair<string, object?> Tag(Target target) => new("target", target.ToString());
}
