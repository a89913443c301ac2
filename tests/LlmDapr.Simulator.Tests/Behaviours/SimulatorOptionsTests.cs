using Microsoft.Extensions.Options;

namespace LlmDapr.Simulator.Tests.Behaviours;

public sealed class SimulatorOptionsTests
{
    [Theory]
    [InlineData("Simulator:Defaults=tps=x", "Simulator:Defaults: option 'tps' must be words a second from 0 (no pauses) to 100000, but is 'x'.")]
    [InlineData("Simulator:ApiKey= ", "Simulator:ApiKey is empty: remove it to take any key, or give one.")]
    [InlineData("Simulator:Organization= ", "Simulator:Organization is empty: remove it to use the default, or give a name.")]
    [InlineData("Simulator:Models:0:Behaviour=tps=1", "Simulator:Models:0:Id is '': give a name without '?'; options belong in Simulator:Models:0:Behaviour.")]
    [InlineData("Simulator:Models:0:Id=a?tps=1", "Simulator:Models:0:Id is 'a?tps=1': give a name without '?'; options belong in Simulator:Models:0:Behaviour.")]
    [InlineData("Simulator:Models:0:Id=a;Simulator:Models:1:Id=a", "Simulator:Models:1:Id 'a' is there twice: remove one of the entries.")]
    [InlineData("Simulator:Models:0:Id=a;Simulator:Models:0:Behaviour=fault=x", "Simulator:Models:0:Behaviour: option 'fault' must be one of")]
    public async Task Start_WrongConfiguration_FailsWithTheRemedy(string settings, string message)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using RunningSimulator simulator = await RunningSimulator.StartAsync(
                settings.Split(';').Select(setting => "--" + setting), cancellationToken: TestContext.Current.CancellationToken);
        });
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_WrongAppPort_SaysWhatToGive()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => SimulatorApp.Build(["--APP_PORT=http"]));
        Assert.Equal("APP_PORT is 'http': give a port from 1 to 65535, or remove it to listen on 5090.", error.Message);
    }
}
