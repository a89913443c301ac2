namespace LlmDapr.PromptCache.Keys;

/// <summary>An object or array whose end has not been read yet.</summary>
internal struct OpenObject
{
    /// <summary>Its index among the objects; -1 for an array.</summary>
    public int Index;

    /// <summary>Where its members begin among those of open objects.</summary>
    public int MembersFrom;

    /// <summary>Whether some member stands behind one with a greater name.</summary>
    public bool IsUnsorted;
}
