namespace LlmDapr.Dapr.Conformance.Verdicts;

/// <summary>The verdicts of cases that build on each other and so run in one test.</summary>
public sealed class CaseList
{
    private readonly List<string> _problems = [];

    /// <summary>Judges one case.</summary>
    public void Give(string id, IReadOnlyCollection<string> differences)
    {
        if (Verdict.Judge(id, differences) is { } problem)
        {
            _problems.Add(problem);
        }
    }

    /// <summary>Fails when one of the cases has a problem.</summary>
    public void Check() => Assert.True(_problems.Count == 0, string.Join("\n", _problems));
}
