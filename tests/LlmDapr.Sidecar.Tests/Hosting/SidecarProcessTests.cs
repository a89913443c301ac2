using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.Tests.Hosting;

public sealed class SidecarProcessTests
{
    [Fact]
    public async Task RunAsync_BadFlag_SaysSoAndEndsWithTwo()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();

        Assert.Equal(2, await SidecarProcess.RunAsync(["--nonsense"], output, errors));
        Assert.Contains("Unknown flag --nonsense", errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Fact]
    public async Task RunAsync_MissingFolder_SaysSoAndEndsWithOne()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();

        Assert.Equal(1, await SidecarProcess.RunAsync(["--app-id", "a", "--resources-path", "/no/such/folder"], output, errors));
        Assert.Equal("The resources folder /no/such/folder does not exist; correct --resources-path.", errors.ToString().Trim());
    }

    [Fact]
    public async Task RunAsync_Help_ListsTheFlags()
    {
        using var output = new StringWriter();

        Assert.Equal(0, await SidecarProcess.RunAsync(["--help"], output, TextWriter.Null));
        Assert.Contains("--dapr-http-port", output.ToString(), StringComparison.Ordinal);
    }
}
