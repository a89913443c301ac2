using LlmDapr.Local.Output;
using LlmDapr.Local.Sidecars;

namespace LlmDapr.Local.Tests.Sidecars;

public sealed class DaprdLocatorTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    [Fact]
    public void Find_Auto_PrefersTheNamedOneThenThePathThenTheCli()
    {
        var cli = Program("runtime/.dapr/bin/daprd");
        _environment["DAPR_RUNTIME_PATH"] = Path.Combine(_folder.Path, "runtime");
        Assert.Equal(cli, Find(SidecarMode.Auto));

        var onPath = Program("bin/daprd");
        _environment["PATH"] = Path.GetDirectoryName(onPath)!;
        Assert.Equal(onPath, Find(SidecarMode.Auto));

        var named = Program("mine/my-daprd");
        _environment["LLMDAPR_DAPRD"] = named;
        Assert.Equal(named, Find(SidecarMode.Auto));
        Assert.Equal(named, Find(SidecarMode.Daprd));
        Assert.Null(Find(SidecarMode.Embedded));
    }

    [Fact]
    public void Find_None_IsTheEmbeddedOneOnlyForAuto()
    {
        _environment["DAPR_RUNTIME_PATH"] = _folder.Path;
        Assert.Null(Find(SidecarMode.Auto));
        var failure = Assert.Throws<LocalFailure>(() => Find(SidecarMode.Daprd));
        Assert.Contains("--sidecar embedded", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_NamedOneIsNoProgram_SaysSo()
    {
        _environment["LLMDAPR_DAPRD"] = Path.Combine(_folder.Path, "gone");
        var failure = Assert.Throws<LocalFailure>(() => Find(SidecarMode.Auto));
        Assert.Contains("LLMDAPR_DAPRD", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string? Find(SidecarMode mode) => DaprdLocator.Find(mode, name => _environment.GetValueOrDefault(name));

    private string Program(string name)
    {
        var path = _folder.Write(OperatingSystem.IsWindows() ? name + ".exe" : name, "");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return path;
    }
}
