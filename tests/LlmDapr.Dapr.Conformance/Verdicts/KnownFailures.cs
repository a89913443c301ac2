namespace LlmDapr.Dapr.Conformance.Verdicts;

/// <summary>Owed cases that the development sidecar fails, and why. One that passes is an error too: then its line has to go.</summary>
public static class KnownFailures
{
    /// <summary>Reason by case id.</summary>
    public static readonly IReadOnlyDictionary<string, string> Reasons = new Dictionary<string, string>(StringComparer.Ordinal)
    {
    };
}
