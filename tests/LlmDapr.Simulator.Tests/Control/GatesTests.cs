using LlmDapr.Simulator.Control;

namespace LlmDapr.Simulator.Tests.Control;

public sealed class GatesTests
{
    [Theory]
    [InlineData("m", true)]
    [InlineData(null, true)]
    [InlineData("other", false)]
    public void Release_BetweenArrivalAndGate_LetsOnWhatHasArrived(string? released, bool isOpen)
    {
        var gates = new Gates();
        gates.Release("m");
        long arrival = gates.Releases;

        gates.Release(released);
        using GateTicket ticket = gates.Enter("m", arrival);

        Assert.Equal(isOpen, ticket.WaitAsync(TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public void Release_BeforeTheArrival_LetsNothingOn()
    {
        var gates = new Gates();
        gates.Release(null);
        using GateTicket ticket = gates.Enter("m", gates.Releases);

        Assert.False(ticket.WaitAsync(TestContext.Current.CancellationToken).IsCompleted);
        Assert.Equal(1, gates.Release("m"));
    }
}
