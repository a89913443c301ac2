using LlmDapr.Local.Output;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Tests.RunFile;

public sealed class RunFileLocatorTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void Locate_NothingGiven_TakesNearestUpwards()
    {
        var outer = _folder.Write("dapr.yaml", "");
        var deep = _folder.Make("a/b");
        Assert.Equal(outer, RunFileLocator.Locate(null, deep));

        var inner = _folder.Write("a/dapr.yaml", "");
        Assert.Equal(inner, RunFileLocator.Locate(null, deep));
    }

    [Fact]
    public void Locate_NotAboveTheFirstStart_TakesTheNext()
    {
        var file = _folder.Write("repo/dapr.yaml", "");
        Assert.Equal(file, RunFileLocator.Locate(null, _folder.Make("elsewhere"), _folder.Make("repo/bin")));
    }

    [Fact]
    public void Locate_FolderOrFileGiven_TakesIt()
    {
        var file = _folder.Write("x/dapr.yaml", "");
        var other = _folder.Write("x/other.yaml", "");
        Assert.Equal(file, RunFileLocator.Locate(Path.GetDirectoryName(file)!, _folder.Path));
        Assert.Equal(other, RunFileLocator.Locate(other, _folder.Path));
    }

    [Fact]
    public void Locate_GivenIsMissing_NamesIt()
    {
        var failure = Assert.Throws<LocalFailure>(() => RunFileLocator.Locate(_folder.Path, _folder.Path));
        Assert.Contains(Path.Combine(_folder.Path, "dapr.yaml"), failure.Message, StringComparison.Ordinal);
        Assert.Contains("--run-file", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
