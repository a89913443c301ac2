namespace LlmDapr.Generation.Recovery;

/// <summary>How an answer was taken up again: the words of metrics, logs and <c>x_llmdapr_recovered</c>.</summary>
internal static class RecoveryMode
{
    /// <summary>From what was said on.</summary>
    public const string Continue = "continue";

    /// <summary>From the beginning, what was said already left out.</summary>
    public const string Restart = "restart";
}
