using System.ComponentModel.DataAnnotations;

namespace LlmDapr.PromptCache.Flights;

/// <summary>Bounds of what calls that are shared may hold.</summary>
public sealed class FlightOptions
{
    /// <summary>The largest answer that is shared, bytes: it is held whole while it comes. A longer stream goes on, but nobody can join it. Default 64 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 64 * 1024 * 1024;
}
