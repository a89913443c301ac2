using System.Net;
using System.Text.Json;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>What edge answers about a job.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Location">Where the job is, when it was accepted.</param>
/// <param name="Body">The body.</param>
internal sealed record JobAnswer(HttpStatusCode Status, string? Location, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public string Id => Json.GetProperty("id").GetString()!;

    public string State => Json.GetProperty("status").GetString()!;

    public bool IsFinished => State is "succeeded" or "failed" or "cancelled";

    public int Attempts => Json.GetProperty("attempts").GetInt32();

    /// <summary>The result, byte for byte as it stands in the body.</summary>
    public string Result => Json.GetProperty("result").GetRawText();

    public string Text => Json.GetProperty("result").GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;

    public JsonElement Error => Json.GetProperty("error");

    public string? ErrorCode => Error.GetProperty("code").GetString();

    public override string ToString() => $"{Status}: {Body}";
}
