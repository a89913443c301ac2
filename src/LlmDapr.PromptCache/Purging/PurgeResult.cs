namespace LlmDapr.PromptCache.Purging;

/// <summary>How far a purge got.</summary>
public enum PurgeResult
{
    /// <summary>It is in the state store: this replica obeys it now, the others within 5 s.</summary>
    Done,

    /// <summary>This replica obeys it, but the state store did not take it. Others follow when the store is back and this process still lives: ask again.</summary>
    OnlyHere,

    /// <summary>Nothing was done: there are too many marks of single keys. Purge by model or tenant.</summary>
    TooMany,
}
