using LlmDapr.Dapr.Conformance.Sidecars;

namespace LlmDapr.Dapr.Conformance.Verdicts;

/// <summary>Ends a case: it passes, it fails for a known reason, or there is a problem.</summary>
public static class Verdict
{
    /// <summary>Fails the test when there is a problem with a case.</summary>
    /// <param name="id">The case.</param>
    /// <param name="differences">What differs from the recording; empty = nothing.</param>
    public static void Give(string id, IReadOnlyCollection<string> differences)
    {
        var problem = Judge(id, differences);
        Assert.True(problem is null, problem);
    }

    /// <summary>Notes a case's result; returns the problem, if there is one.</summary>
    public static string? Judge(string id, IReadOnlyCollection<string> differences)
    {
        // The reasons are the development sidecar's: a real daprd has none of them.
        var known = SidecarFleet.Daprd is null ? KnownFailures.Reasons.GetValueOrDefault(id) : null;
        Scoreboard.Note(id, passed: differences.Count == 0);
        return (known, differences.Count) switch
        {
            (null, > 0) => $"{id}:\n  {string.Join("\n  ", differences)}",
            (not null, 0) => $"{id} passes now: take it out of KnownFailures (reason there: {known})",
            _ => null,
        };
    }
}
