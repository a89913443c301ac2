using System.Text.Json;

namespace LlmDapr.Samples.EventCaller.Answers;

/// <summary>One answer, as <c>GET /answers</c> lists it.</summary>
/// <param name="Id">The id of the request.</param>
/// <param name="JobId">The id of the event that brought it.</param>
/// <param name="Status"><c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="StatusCode">The HTTP status that an HTTP caller would have got.</param>
/// <param name="Body">The answer as OpenAI's API gives it, or its error.</param>
/// <param name="Deliveries">How often it came: more than one is what "at least once" means.</param>
internal sealed record Answer(string Id, string JobId, string Status, int? StatusCode, JsonElement? Body, int Deliveries);
