using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Verdicts;

namespace LlmDapr.Dapr.Conformance;

/// <summary>The owed cases of invoke.json: leave.</summary>
public sealed class InvokeLeaveCases(InvokeSetup setup) : IClassFixture<InvokeSetup>
{
    /// <summary>The cases.</summary>
    public static TheoryData<string> Ids => [.. Owed.Ids("invoke", "leave")];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Invoke_AsRecorded_AnswersTheSame(string id)
    {
        var recorded = RecordingFile.Find(id);

        var differences = await setup.RunAsync(recorded, TestContext.Current.CancellationToken);

        Verdict.Give(id, differences);
    }
}
