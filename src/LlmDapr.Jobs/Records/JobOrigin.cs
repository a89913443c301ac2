using System.Text.Json.Serialization;

namespace LlmDapr.Jobs.Records;

/// <summary>How a job came in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobOrigin>))]
public enum JobOrigin
{
    /// <summary>By the asynchronous HTTP API.</summary>
    [JsonStringEnumMemberName("http")]
    Http,

    /// <summary>As an event on <see cref="Contracts.Topics.Requests"/>.</summary>
    [JsonStringEnumMemberName("event")]
    Event,

    /// <summary>As a line of a batch: the same engine at <see cref="Contracts.Priorities.Batch"/>.</summary>
    [JsonStringEnumMemberName("batch")]
    Batch,
}
