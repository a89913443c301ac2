using LlmDapr.Local.Output;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Tests.Output;

public sealed class RunOutputTests : IDisposable
{
    private readonly StringWriter _written = new();
    private readonly TestFolder _folder = new();

    [Fact]
    public void Named_WithoutColour_PrefixesPlainAligned()
    {
        var output = new RunOutput(_written, colour: false);
        output.Align(["edge", "generation"]);
        output.Named("edge")("a [line] of any [red]text[/]");
        output.Say("done");
        Assert.Equal($"edge       | a [line] of any [red]text[/]{Environment.NewLine}runner     | done{Environment.NewLine}", _written.ToString());
    }

    [Fact]
    public void Named_WithColour_ColoursTheNameAloneAndEachAnother()
    {
        var output = new RunOutput(_written, colour: true);
        output.Named("one")(new string('x', 300));
        output.Named("two")("line");
        var lines = _written.ToString().Split(Environment.NewLine);
        Assert.Matches("^\\e\\[[0-9;]+mone\\e\\[0m    \\| x{300}$", lines[0]);
        Assert.NotEqual(lines[0][..lines[0].IndexOf("one", StringComparison.Ordinal)], lines[1][..lines[1].IndexOf("two", StringComparison.Ordinal)]);
    }

    [Theory]
    [InlineData("Console", true, false)]
    [InlineData("File", false, true)]
    [InlineData("FileAndConsole", true, true)]
    public void Write_Line_GoesWhereTheRunFileSays(string destination, bool console, bool file)
    {
        using (var log = new ProcessLog(Enum.Parse<LogDestination>(destination), _written.WriteLine, line => line.StartsWith("warn", StringComparison.Ordinal), Open))
        {
            log.Write("text");
            log.Write("warn: alert");
        }

        Assert.Equal(console, _written.ToString().Contains("text", StringComparison.Ordinal));
        Assert.Contains("warn: alert", _written.ToString(), StringComparison.Ordinal);
        Assert.Equal(file ? ["text", "warn: alert"] : [], Directory.GetFiles(_folder.Path).SelectMany(System.IO.File.ReadAllLines));
    }

    [Fact]
    public void Create_FolderCannotBeMade_SaysWhatToDo()
    {
        var blocked = _folder.Write("file", "");
        var failure = Assert.Throws<LocalFailure>(() => LogFile.Create(Path.Combine(blocked, "logs"), "edge", "app", TimeProvider.System));
        Assert.Contains("appLogDestination", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _written.Dispose();
        _folder.Dispose();
    }

    private LogFile Open() => LogFile.Create(_folder.Path, "edge", "app", TimeProvider.System);
}
