namespace LlmDapr.Generation.Recovery;

/// <summary>What became of a try to take an answer up again: the words of metrics and logs.</summary>
internal static class RecoveryResult
{
    /// <summary>Another answer goes on where the first broke.</summary>
    public const string Recovered = "recovered";

    /// <summary>The provider takes no assistant message at the end; it is asked from the beginning.</summary>
    public const string Refused = "refused";

    /// <summary>The new answer says something else than was sent.</summary>
    public const string Different = "different";

    /// <summary>No target answered, or the new answer broke before it had said anything new.</summary>
    public const string Failed = "failed";
}
