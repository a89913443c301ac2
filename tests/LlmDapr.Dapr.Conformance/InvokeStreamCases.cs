using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Verdicts;

namespace LlmDapr.Dapr.Conformance;

/// <summary>The owed cases of invoke.json: stream, stream-chunked-request, stream-post.</summary>
public sealed class InvokeStreamCases(InvokeSetup setup) : IClassFixture<InvokeSetup>
{
    /// <summary>The cases.</summary>
    public static TheoryData<string> Ids => [.. Owed.Ids("invoke", "stream", "stream-chunked-request", "stream-post")];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Invoke_AsRecorded_AnswersTheSame(string id)
    {
        var recorded = RecordingFile.Find(id);

        var differences = await setup.RunAsync(recorded, TestContext.Current.CancellationToken);

        Verdict.Give(id, differences);
    }
}
