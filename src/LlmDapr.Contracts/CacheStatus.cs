namespace LlmDapr.Contracts;

/// <summary>How the prompt cache served an answer: values of <see cref="HeaderNames.Cache"/>, and what jobs and result events say.</summary>
public static class CacheStatus
{
    /// <summary>A kept answer served.</summary>
    public const string Hit = "hit";

    /// <summary>A call was made for this request.</summary>
    public const string Miss = "miss";

    /// <summary>The call of an equal request served.</summary>
    public const string Coalesced = "coalesced";

    /// <summary>The cache had no part in the request.</summary>
    public const string Bypass = "bypass";
}
