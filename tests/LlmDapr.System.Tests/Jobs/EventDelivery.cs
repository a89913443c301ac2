using System.Text.Json;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>A result event as it was delivered.</summary>
/// <param name="Topic">Where it came.</param>
/// <param name="Id">The event's id: the job's.</param>
/// <param name="Data">The event's data, as it stood there.</param>
public sealed record EventDelivery(string Topic, string Id, string Data)
{
    /// <summary>The data.</summary>
    public JsonElement Json => JsonElement.Parse(Data);

    /// <summary>How the job ended.</summary>
    public string Status => Json.GetProperty("status").GetString()!;

    /// <summary>The answer's words.</summary>
    public string Text => Json.GetProperty("body").GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;

    /// <summary>The error of a job that failed.</summary>
    public JsonElement Error => Json.GetProperty("body").GetProperty("error");
}
