namespace LlmDapr.PromptCache;

/// <summary>Where an answer was found.</summary>
public enum CacheLevel
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>In this process.</summary>
    Memory,

    /// <summary>In the state store.</summary>
    Store,
}
