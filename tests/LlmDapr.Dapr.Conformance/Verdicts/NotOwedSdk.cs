using LlmDapr.Dapr.Conformance.Recordings;

namespace LlmDapr.Dapr.Conformance.Verdicts;

/// <summary>Cases of sdk.json that are about something that is not owed, whatever their group.</summary>
internal static class NotOwedSdk
{
    private static readonly (string Prefix, string Reason)[] Rules =
    [
        ("transaction", "not owed: transactions"),
        ("query", "not owed: query"),
        ("bulk publish", "not owed: bulk publish"),
        ("publish raw", "not owed: raw payload"),
        ("lock", "not owed: locks"),
        ("configuration", "not owed: configuration"),
        ("secret", "not owed: secrets"),
        ("binding", "not owed: bindings"),
        ("invoke", "not owed: the list names state, publish, metadata and health; invocation is in invoke.json"),
        ("app-", "not owed: the list names state, publish, metadata and health; what apps get is in invoke.json"),
    ];

    // This group was recorded with the in-memory store, and the development sidecar's store answers as sqlite.
    private static readonly string[] InMemoryOnly =
        ["sdk/token-good/save first-write existing", "sdk/token-good/bulk get", "sdk/token-good/bad ttl"];

    /// <summary>Why a case is not owed; null when no rule is about it.</summary>
    public static string? WhyNot(RecordedCase recorded)
    {
        if (recorded.File != "sdk")
        {
            return null;
        }

        foreach (var (prefix, reason) in Rules)
        {
            if (recorded.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return reason;
            }
        }

        return InMemoryOnly.Contains(recorded.Id, StringComparer.Ordinal) ? "not owed: the words and the order of the in-memory store; sdk/sqlite has the owed ones" : null;
    }
}
