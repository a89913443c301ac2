using System.Text.Json.Serialization;

namespace LlmDapr.Jobs.Records;

/// <summary>Where a job stands. <c>queued → running → succeeded | failed | cancelled</c>; <c>queued</c> once more when its worker died or gave it back.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobStatus>))]
public enum JobStatus
{
    /// <summary>Waits for a worker.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>A worker has it.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>The provider has answered.</summary>
    [JsonStringEnumMemberName("succeeded")]
    Succeeded,

    /// <summary>No answer came, and none will: the outcome has the error.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Its owner did not want it any more.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}
