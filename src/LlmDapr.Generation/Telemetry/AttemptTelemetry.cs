using System.Diagnostics;
using System.Diagnostics.Metrics;
using LlmDapr.Contracts.Requests;
using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Scheduling;
using LlmDapr.Generation.Streaming;

namespace LlmDapr.Generation.Telemetry;

/// <summary>
/// One span and one set of measurements for each attempt. The model is named as configured, or as the provider's pattern: names that callers choose
/// freely would make a series each. Thread-safe.
/// </summary>
internal sealed class AttemptTelemetry : IDisposable
{
    private readonly ActivitySource _source = new(GenAiNames.SourceName);
    private readonly TimeProvider _time;
    private readonly Func<Target, string> _modelLabel;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstChunk;
    private readonly Histogram<long> _tokens;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _hedges;

    public AttemptTelemetry(IMeterFactory meters, CatalogStore catalog, TargetPipelines targets, TimeProvider time)
    {
        _time = time;
        _modelLabel = catalog.LabelOf;
        var meter = meters.Create(GenAiNames.MeterName);
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = GenAiNames.DurationBuckets };
        _duration = meter.CreateHistogram(GenAiNames.OperationDuration, "s", "From the attempt's start to the end of its answer.", null, seconds);
        _firstChunk = meter.CreateHistogram(GenAiNames.TimeToFirstChunk, "s", "From the attempt's start to the first words of its stream.", null, seconds);
        _tokens = meter.CreateHistogram(GenAiNames.TokenUsage, "{token}", "Tokens of prompts and of answers, as the provider counts them.", null, new InstrumentAdvice<long> { HistogramBucketBoundaries = GenAiNames.TokenBuckets });
        _attempts = meter.CreateCounter<long>(GenAiNames.Attempts, "{attempt}", "Attempts by what became of them.");
        _retries = meter.CreateCounter<long>(GenAiNames.Retries, "{attempt}", "Attempts that followed another one of the same request.");
        _hedges = meter.CreateCounter<long>(GenAiNames.Hedges, "{attempt}", "Second targets asked beside a late one, by who had the first words.");
        meter.CreateObservableGauge(
            GenAiNames.BreakerOpen,
            () => targets.Open().GroupBy(target => (target.Provider.Name, Model: _modelLabel(target))).Select(open => new Measurement<int>(open.Count(), Tag(GenAiNames.ProviderName, open.Key.Name), Tag(GenAiNames.RequestModel, open.Key.Model))),
            "{target}",
            "Targets whose breaker keeps calls away.");
    }

    /// <summary>Begins an attempt.</summary>
    public Observed Begin(Target target, RequestKind kind, bool stream, int number)
    {
        var operation = kind == RequestKind.ChatCompletion ? "chat" : "embeddings";
        var model = _modelLabel(target);
        if (number > 1)
        {
            _retries.Add(1, Tag(GenAiNames.ProviderName, target.Provider.Name), Tag(GenAiNames.RequestModel, model));
        }

        var span = _source.StartActivity($"{operation} {model}", ActivityKind.Client);
        span?.SetTag(GenAiNames.OperationName, operation);
        span?.SetTag(GenAiNames.ProviderName, target.Provider.Name);
        span?.SetTag(GenAiNames.RequestModel, target.Model);
        span?.SetTag(GenAiNames.RequestStream, stream);
        span?.SetTag(GenAiNames.AttemptNumber, number);
        return new Observed(this, span, target, operation, model, _time.GetTimestamp());
    }

    /// <summary>A second target was asked beside a late one.</summary>
    public void Hedged(Target target, bool won) =>
        _hedges.Add(1, Tag(GenAiNames.ProviderName, target.Provider.Name), Tag(GenAiNames.RequestModel, _modelLabel(target)), Tag(GenAiNames.Outcome, won ? "won" : "lost"));

    public void Dispose() => _source.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);

    /// <summary>An attempt under way. Ended once; a second end does nothing.</summary>
    public sealed class Observed(AttemptTelemetry owner, Activity? span, Target target, string operation, string model, long startedAt)
    {
        private int _ended;

        /// <summary>The first words of a stream are there.</summary>
        public void FirstChunk()
        {
            var elapsed = owner._time.GetElapsedTime(startedAt).TotalSeconds;
            owner._firstChunk.Record(elapsed, Tags());
            span?.SetTag(GenAiNames.ResponseTimeToFirstChunk, elapsed);
        }

        /// <summary>The end of the attempt and what became of it.</summary>
        public void End(AttemptOutcome outcome, Usage? usage)
        {
            if (Interlocked.Exchange(ref _ended, 1) != 0)
            {
                return;
            }

            var tags = Tags();
            if (outcome != AttemptOutcome.Success)
            {
                tags.Add(GenAiNames.ErrorType, outcome.ToString());
                span?.SetStatus(ActivityStatusCode.Error, outcome.ToString());
            }

            owner._duration.Record(owner._time.GetElapsedTime(startedAt).TotalSeconds, tags);
            RecordTokens(usage?.Input, GenAiNames.Input, GenAiNames.InputTokens);
            RecordTokens(usage?.Output, GenAiNames.Output, GenAiNames.OutputTokens);
            owner._attempts.Add(1, Tag(GenAiNames.ProviderName, target.Provider.Name), Tag(GenAiNames.RequestModel, model), Tag(GenAiNames.Outcome, outcome.ToString()));
            span?.Dispose();
        }

        private void RecordTokens(int? tokens, string type, string spanTag)
        {
            if (tokens is { } count)
            {
                var tags = Tags();
                tags.Add(GenAiNames.TokenType, type);
                owner._tokens.Record(count, tags);
                span?.SetTag(spanTag, count);
            }
        }

        private TagList Tags() => new()
        {
            { GenAiNames.OperationName, operation },
            { GenAiNames.ProviderName, target.Provider.Name },
            { GenAiNames.RequestModel, model },
        };
    }
}
