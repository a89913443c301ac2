using LlmDapr.Dapr.Conformance.Recordings;

namespace LlmDapr.Dapr.Conformance.Verdicts;

/// <summary>The table of known failures is kept honest: small, and about owed cases only.</summary>
public sealed class TableTests
{
    /// <summary>The files.</summary>
    public static TheoryData<string> Files => [.. RecordingFile.Names];

    [Theory]
    [MemberData(nameof(Files))]
    public void KnownFailures_OfAFile_LeaveNinetyFivePercentPassing(string file)
    {
        var owed = Owed.Ids(file).Count();
        var failing = KnownFailures.Reasons.Keys.Count(id => RecordingFile.NameOf(id) == file);

        Assert.True(failing * 20 <= owed, $"{failing} of {owed} owed cases of {file} fail; at least 95 % have to pass");
    }

    [Fact]
    public void KnownFailures_EachId_IsAnOwedCaseWithAReason() =>
        Assert.All(KnownFailures.Reasons, entry =>
        {
            Assert.Null(Owed.WhyNot(RecordingFile.Find(entry.Key)));
            Assert.NotEmpty(entry.Value);
        });
}
