using System.Text.Encodings.Web;
using System.Text.Json;
using Dapr;
using Dapr.Client;
using Grpc.Core;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Events;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;

namespace LlmDapr.Jobs.Publishing;

/// <summary>What jobs send to the broker. When a method returns, the broker has it. Thread-safe.</summary>
internal sealed class JobPublisher(DaprClient dapr, TimeProvider time)
{
    // As of the state store: a frozen sidecar must not hold us for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    // Texts as they are: the usual escapes make one in another script up to three times as long, too long for the broker, so that it could never be sent.
    private static readonly EventsJsonContext Events = new(new JsonSerializerOptions(EventsJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The one place that knows which topic a job's message goes to; batches may get one of their own.</summary>
    public Task PublishJobAsync(JobRecord job, CancellationToken cancellationToken) =>
        PublishAsync(
            Topics.Jobs,
            JsonSerializer.SerializeToUtf8Bytes(new JobMessage(job.Id, job.Model, job.Priority), EventsJsonContext.Default.JobMessage),
            job.Id,
            "llmdapr.job.v1",
            cancellationToken);

    /// <summary>The result event of a job; its id is the job's.</summary>
    public Task PublishResultAsync(JobRecord job, JobResult? result, CancellationToken cancellationToken)
    {
        var reply = job.Reply!;
        var data = new LlmResult(job.Id, reply.Source, reply.EventId, job.Status.ToString().ToLowerInvariant(), result?.Status, result is null ? null : BodyOf(result), result?.Cache);
        return PublishAsync(reply.Topic, JsonSerializer.SerializeToUtf8Bytes(data, Events.LlmResult), job.Id, LlmResult.EventType, cancellationToken);
    }

    /// <summary>An event that cannot be worked on. The same event twice has the same id.</summary>
    public Task PublishDeadLetterAsync(DeadLetter letter, string id, CancellationToken cancellationToken) =>
        PublishAsync(Topics.Dead, JsonSerializer.SerializeToUtf8Bytes(letter, Events.DeadLetter), id, DeadLetter.EventType, cancellationToken);

    /// <summary>A CloudEvent that was there before, as it is.</summary>
    public Task PublishAgainAsync(string topic, ReadOnlyMemory<byte> cloudEvent, CancellationToken cancellationToken) =>
        SendAsync(topic, cloudEvent, "application/cloudevents+json", [], cancellationToken);

    private static JsonElement BodyOf(JobResult result)
    {
        try
        {
            return JsonElement.Parse(result.Body.Span);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(System.Text.Encoding.UTF8.GetString(result.Body.Span), EventsJsonContext.Default.String);
        }
    }

    private Task PublishAsync(string topic, ReadOnlyMemory<byte> data, string id, string type, CancellationToken cancellationToken) =>
        SendAsync(topic, data, "application/json", new() { ["cloudevent.id"] = id, ["cloudevent.type"] = type }, cancellationToken);

    private async Task SendAsync(string topic, ReadOnlyMemory<byte> data, string contentType, Dictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await dapr.PublishByteEventAsync(DaprComponents.PubSub, topic, data, contentType, metadata, either.Token);
        }
        catch (Exception e) when (e is DaprException or RpcException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new JobsUnavailableException($"The broker did not take an event for {topic}.", e);
        }
    }
}
