using System.Text.Json;

namespace LlmDapr.Contracts.Events;

/// <summary>
/// The data of the CloudEvent that answers an <see cref="LlmRequest"/>. The event's <c>id</c> is the job's and its <c>type</c> <see cref="EventType"/>. It is
/// delivered at least once: a receiver drops an id that it has seen.
/// </summary>
/// <param name="JobId">The job's id, the same as the event's.</param>
/// <param name="RequestSource">The <c>source</c> of the event that asked.</param>
/// <param name="RequestId">Its <c>id</c>.</param>
/// <param name="Status"><c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="StatusCode">The HTTP status that an HTTP caller would have got; absent when cancelled.</param>
/// <param name="Body">The answer as OpenAI's API gives it, or <c>{"error":{…}}</c>; absent when cancelled.</param>
/// <param name="Cache">How the prompt cache served it, one of <see cref="CacheStatus"/>; absent when it did not come so far.</param>
public sealed record LlmResult(string JobId, string RequestSource, string RequestId, string Status, int? StatusCode, JsonElement? Body, string? Cache = null)
{
    /// <summary>The CloudEvent's <c>type</c>.</summary>
    public const string EventType = "llmdapr.result.v1";
}
