namespace LlmDapr.Generation.Attempts;

/// <summary>What follows an attempt.</summary>
internal enum Verdict
{
    /// <summary>The caller gets it: an answer, or an error that nobody else could make good.</summary>
    Final,

    /// <summary>Nobody can be asked any more: of the errors seen, the one that tells most is the answer.</summary>
    GiveUp,

    /// <summary>The same target may do better.</summary>
    Repeat,

    /// <summary>Only another target may do better.</summary>
    Elsewhere,

    /// <summary>Only a larger model may do better.</summary>
    Larger,
}
