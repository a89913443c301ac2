using System.Text.Json.Serialization;

namespace LlmDapr.Contracts.Hop;

/// <summary>What the caller is to see before the body: one JSON line of the hop.</summary>
/// <param name="Status">The caller's HTTP status.</param>
/// <param name="Headers">The caller's headers as [name, value], in order.</param>
/// <param name="Length">Bytes of a plain body; null for a stream.</param>
/// <param name="Model">The model that the caller asked for.</param>
/// <param name="Target">Who answered, as <c>provider/model</c>; null when nobody was asked.</param>
/// <param name="Attempts">Calls that were made to providers for this request.</param>
public sealed record HopHead(
    int Status,
    IReadOnlyList<string[]> Headers,
    long? Length,
    string? Model,
    string? Target,
    int Attempts)
{
    /// <summary>Whether the body is a stream of events, complete only with its <c>[DONE]</c>.</summary>
    [JsonIgnore]
    public bool IsStream => Length is null;
}
