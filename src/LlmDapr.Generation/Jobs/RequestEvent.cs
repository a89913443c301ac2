using System.Text;
using System.Text.Json;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Events;
using LlmDapr.Contracts.Requests;
using LlmDapr.Jobs;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Workers;

namespace LlmDapr.Generation.Jobs;

/// <summary>What an event on <see cref="Topics.Requests"/> comes to when it is read.</summary>
internal abstract record RequestEvent
{
    private RequestEvent()
    {
    }

    /// <summary>Work.</summary>
    public sealed record Good(EventJob Job) : RequestEvent;

    /// <summary>Understood, and refused: the sender gets the error.</summary>
    public sealed record Refused(EventJob Job, ApiError Error) : RequestEvent;

    /// <summary>Not understood. Where it is known who sent what (<paramref name="Job"/>), the sender gets an error as well.</summary>
    public sealed record Unusable(string Code, string Reason, EventJob? Job) : RequestEvent;

    public static RequestEvent Read(CloudEventBody received, JobsOptions options)
    {
        if (received.Envelope is null)
        {
            return new Unusable("not_a_cloudevent", "The event is not a CloudEvent in JSON: publish it without rawPayload.", null);
        }

        if (received.Id is not { } id)
        {
            return new Unusable("missing_id", "The event has no id, so that a second delivery could not be told from a second request: set the CloudEvent's id, or publish bare data, to which Dapr gives one.", null);
        }

        if (received.Source is not { } source)
        {
            return new Unusable("missing_source", "The event has no source, so that its id names nothing: set the CloudEvent's source, or publish bare data, to which Dapr gives one.", null);
        }

        EventJob JobOf(RequestKind kind, string model, ReadOnlyMemory<byte> body, string topic) =>
            new(new JobRequest($"event:{source}", kind, model, body) { Origin = JobOrigin.Event }, source, id, topic);

        var nothing = JobOf(RequestKind.ChatCompletion, string.Empty, default, Topics.Results);
        if (received.Data is not { ValueKind: JsonValueKind.Object } data)
        {
            return new Unusable("malformed", "The event's data is not a JSON object: it has to be {\"kind\", \"body\", \"reply_topic\"}.", nothing);
        }

        // Where to answer comes first: every other error goes there.
        if (TextOf(data, "reply_topic", out var replyTopic) is { } wrongTopic)
        {
            return new Unusable("malformed", wrongTopic, nothing);
        }

        if (replyTopic is not null && !IsAllowed(replyTopic, options))
        {
            return new Refused(nothing, ApiError.InvalidRequest($"The reply topic '{Shown(replyTopic)}' is not allowed: leave reply_topic out to get the result on {Topics.Results}, or have the operator add it to Jobs:ReplyTopics.", "reply_topic"));
        }

        nothing = nothing with { ReplyTopic = replyTopic ?? Topics.Results };
        if (TextOf(data, "kind", out var name) is { } wrongKind)
        {
            return new Unusable("malformed", wrongKind, nothing);
        }

        if (!data.TryGetProperty("body", out var body) || body.ValueKind != JsonValueKind.Object)
        {
            return new Unusable("malformed", "The event's data has no body: it has to be the JSON object that OpenAI's API takes.", nothing);
        }

        if (LlmRequestKinds.Parse(name) is not { } kind)
        {
            return new Refused(nothing, ApiError.InvalidRequest($"The kind '{Shown(name!)}' is not known: give {LlmRequestKinds.ChatCompletions} or {LlmRequestKinds.Embeddings}.", "kind"));
        }

        var bytes = Encoding.UTF8.GetBytes(body.GetRawText());
        if (bytes.Length > options.MaxRequestBytes)
        {
            return new Refused(nothing, ApiError.InvalidRequest($"The request has {bytes.Length} bytes, a job's at most {options.MaxRequestBytes} (Jobs:MaxRequestBytes).", status: StatusCodes.Status413PayloadTooLarge));
        }

        if (!RequestEnvelope.TryRead(bytes, kind, out var request, out var error))
        {
            return new Refused(nothing, error);
        }

        var job = JobOf(kind, request.Model, bytes, nothing.ReplyTopic);
        return request.Stream ? new Refused(job, JobRun.NoStream) : new Good(job);
    }

    private static bool IsAllowed(string topic, JobsOptions options) =>
        topic == Topics.Results
        || options.ReplyTopics.Any(allowed => allowed.EndsWith('*') ? topic.StartsWith(allowed[..^1], StringComparison.Ordinal) : topic == allowed);

    // Null when it is a text or absent; else what is wrong.
    private static string? TextOf(JsonElement data, string name, out string? text)
    {
        text = null;
        if (!data.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return $"The event's {name} is not a string.";
        }

        text = value.GetString();
        return null;
    }

    private static string Shown(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
