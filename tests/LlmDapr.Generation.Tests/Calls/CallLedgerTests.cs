using LlmDapr.Generation.Calls;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Generation.Tests.Calls;

public sealed class CallLedgerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TryStart_Twice_IsTrueOnce()
    {
        var ledger = new CallLedger(_time);

        Assert.True(ledger.TryStart("a"));
        Assert.True(ledger.TryStart("b"));
        Assert.False(ledger.TryStart("a"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void TryStart_NoId_IsAlwaysTrue(string? id)
    {
        var ledger = new CallLedger(_time);

        Assert.True(ledger.TryStart(id));
        Assert.True(ledger.TryStart(id));
    }

    [Fact]
    public void TryStart_WithinAMinute_IsRemembered()
    {
        var ledger = new CallLedger(_time);
        ledger.TryStart("a");

        for (var i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            Assert.False(ledger.TryStart("a"));
        }
    }

    [Fact]
    public void TryStart_MuchLater_IsForgotten()
    {
        var ledger = new CallLedger(_time);
        ledger.TryStart("a");

        _time.Advance(TimeSpan.FromSeconds(90));

        Assert.True(ledger.TryStart("a"));
    }

    [Fact]
    public async Task TryStart_ManyAtOnce_IsTrueOnce()
    {
        var ledger = new CallLedger(_time);

        var started = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => ledger.TryStart("same"))));

        Assert.Single(started, true);
    }
}
