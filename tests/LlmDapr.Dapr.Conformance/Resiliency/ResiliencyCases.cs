using LlmDapr.Dapr.Conformance.Verdicts;

namespace LlmDapr.Dapr.Conformance.Resiliency;

/// <summary>The owed cases of resiliency.json: none, retry, builtin, matching, breaker, trip, several, scope, invalid.</summary>
public sealed class ResiliencyCases(ResiliencyRuns runs) : IClassFixture<ResiliencyRuns>
{
    /// <summary>The cases.</summary>
    public static TheoryData<string> Ids => [.. Owed.Ids("resiliency")];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Resiliency_AsRecorded_BehavesTheSame(string id) =>
        Verdict.Give(id, await runs.ResultAsync(id).WaitAsync(TestContext.Current.CancellationToken));
}
