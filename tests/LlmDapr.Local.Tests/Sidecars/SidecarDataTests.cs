using LlmDapr.Local.Output;
using LlmDapr.Local.Running;
using LlmDapr.Local.Sidecars;

namespace LlmDapr.Local.Tests.Sidecars;

public sealed class SidecarDataTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void Prepare_NothingSaid_LiesBesideTheRunFileWhereGitDoesNotLook()
    {
        var file = SidecarData.Prepare(new RunOptions(), _folder.Path, "/none");
        Assert.Equal(Path.Combine(_folder.Path, ".dapr", "llmdapr.db"), file);
        Assert.True(Directory.Exists(Path.GetDirectoryName(file)));
        Assert.Contains(".dapr/", File.ReadAllLines(Path.Combine(TestPlaces.Repository, ".gitignore")));
    }

    [Fact]
    public void Prepare_FileGiven_IsMadeAbsoluteAndItsFolderMade()
    {
        var given = Path.Combine(_folder.Path, "new", "my.db");
        Assert.Equal(given, SidecarData.Prepare(new RunOptions { DataFile = Path.GetRelativePath(Environment.CurrentDirectory, given) }, "/none", "/none"));
        Assert.True(Directory.Exists(Path.GetDirectoryName(given)));
    }

    [Fact]
    public void Prepare_Temporary_GoesWithTheRun() =>
        Assert.Equal(_folder.Path, Path.GetDirectoryName(SidecarData.Prepare(new RunOptions { TemporaryData = true }, "/none", _folder.Path)));

    [Fact]
    public void Prepare_FolderThatCannotBe_SaysWhatToDo()
    {
        var file = _folder.Write("file", "");
        var failure = Assert.Throws<LocalFailure>(() => SidecarData.Prepare(new RunOptions { DataFile = Path.Combine(file, "below", "my.db") }, "/none", "/none"));
        Assert.Contains("name another file with --data-file", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
