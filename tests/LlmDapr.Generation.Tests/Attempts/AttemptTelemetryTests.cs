using System.Diagnostics;
using System.Diagnostics.Metrics;
using LlmDapr.Generation.Telemetry;
using LlmDapr.Generation.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace LlmDapr.Generation.Tests.Attempts;

/// <summary>One span and one set of measurements for each attempt, under the conventions' names.</summary>
public sealed class AttemptTelemetryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attempt_Answered_IsMeasuredAndHasASpanUnderTheRequests(bool stream)
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GenAiNames.SourceName || source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (spans)
                {
                    spans.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = context => stream
            ? ScriptedProvider.SayAsync(context, Chunks.Word, Chunks.Stop, """{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}""", Chunks.Done)
            : ScriptedProvider.AnswerAsync(context, """{"id":"x","usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}""");
        IMeterFactory? meters = null;
        await using var generation = await GenerationHost.StartAsync(provider.Address, services: services => services.AddHostedService(all =>
        {
            meters = all.GetRequiredService<IMeterFactory>();
            return new Nothing();
        }));
        using var tokens = new MetricCollector<long>(meters!, GenAiNames.MeterName, GenAiNames.TokenUsage);
        using var durations = new MetricCollector<double>(meters!, GenAiNames.MeterName, GenAiNames.OperationDuration);
        using var firstChunks = new MetricCollector<double>(meters!, GenAiNames.MeterName, GenAiNames.TimeToFirstChunk);

        using (var hop = await generation.ChatAsync(Chunks.Chat(stream: stream)))
        {
            await hop.ReadAsync();
        }

        await generation.IdleAsync();
        Assert.Equal([("input", 7L), ("output", 3L)], tokens.GetMeasurementSnapshot().Select(m => ((string)m.Tags[GenAiNames.TokenType]!, m.Value)));
        var duration = Assert.Single(durations.GetMeasurementSnapshot());
        Assert.Equal(("chat", "p", "m"), (duration.Tags[GenAiNames.OperationName], duration.Tags[GenAiNames.ProviderName], duration.Tags[GenAiNames.RequestModel]));
        Assert.Equal(stream ? 1 : 0, firstChunks.GetMeasurementSnapshot().Count);

        // What the provider got says which of the process's traces is this one.
        var trace = provider.Requests.Single().Headers["traceparent"].ToString().Split('-')[1];
        var span = Assert.Single(Spans(), activity => activity.Source.Name == GenAiNames.SourceName);
        Assert.Equal(("chat m", ActivityKind.Client), (span.DisplayName, span.Kind));
        Assert.Equal(7, span.GetTagItem(GenAiNames.InputTokens));
        await Soon.UntilAsync(() => Spans().Any(activity => activity.SpanId == span.ParentSpanId));

        List<Activity> Spans()
        {
            lock (spans)
            {
                return [.. spans.Where(activity => activity.TraceId.ToHexString() == trace)];
            }
        }
    }

    private sealed class Nothing : Microsoft.Extensions.Hosting.IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
