using System.Text.Json.Serialization;

namespace LlmDapr.Contracts.Hop;

/// <summary>Which requests are answered from the cache.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CacheMode>))]
public enum CacheMode
{
    /// <summary>None.</summary>
    Off,

    /// <summary>Those that ask for the same answer each time: <c>temperature: 0</c> or a <c>seed</c>, and embeddings.</summary>
    Deterministic,

    /// <summary>All.</summary>
    All,
}
