using LlmDapr.Dapr.Conformance.Sidecars;

namespace LlmDapr.Dapr.Conformance.Verdicts;

/// <summary>Ends a case: it passes, it fails for a known reason, or it fails.</summary>
public static class Verdict
{
    /// <summary>Judges what a case's comparison found.</summary>
    /// <param name="id">The case.</param>
    /// <param name="differences">What differs from the recording; empty = nothing.</param>
    public static void Give(string id, IReadOnlyCollection<string> differences)
    {
        // The reasons are the development sidecar's: a real daprd has none of them.
        var known = SidecarFleet.Daprd is null ? KnownFailures.Reasons.GetValueOrDefault(id) : null;
        Scoreboard.Note(id, passed: differences.Count == 0);
        if (known is null)
        {
            Assert.True(differences.Count == 0, $"{id}:\n  {string.Join("\n  ", differences)}");
        }
        else
        {
            Assert.False(differences.Count == 0, $"{id} passes now: take it out of KnownFailures (reason there: {known})");
        }
    }
}
