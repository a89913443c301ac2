using System.Text.Json;

namespace LlmDapr.Contracts.Events;

/// <summary>
/// The data of a CloudEvent on <see cref="Topics.Requests"/>, by which any Dapr app asks for work. The event's <c>source</c> and <c>id</c> name it: the same
/// two again are the same request, done once.
/// <code>
/// {"kind": "chat.completions", "body": {"model": "gpt-4o-mini", "messages": […]}, "reply_topic": "orders-llm"}
/// </code>
/// </summary>
/// <param name="Kind">One of <see cref="LlmRequestKinds"/>; absent = chat completions.</param>
/// <param name="Body">The request as OpenAI's API takes it, without <c>stream</c>.</param>
/// <param name="ReplyTopic">Where the result goes; absent = <see cref="Topics.Results"/>. Any other topic has to be allowed by the operator.</param>
public sealed record LlmRequest(string? Kind, JsonElement Body, string? ReplyTopic = null);
