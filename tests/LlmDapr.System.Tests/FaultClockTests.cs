using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>Rows of the fault matrix that take a minute with the clocks of the defaults: here clocks, breaker and faults are a tenth; the full forms are explicit tests.</summary>
public sealed class FaultClockTests(FaultClockTests.Matrix matrix) : IClassFixture<FaultClockTests.Matrix>
{
    private static readonly FaultRow[] Table =
    [
        new("stall", "fault=stall&after=20") { StreamsOnly = true },
        new("slow", "ttft=4s"),
        new("outage", "fault=status503&for=6s") { HasOwnCalls = true },
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SilentMidStream_RecoveryOff_IsAnErrorEventAndNeverACleanEnd()
    {
        var outcome = await matrix.OutcomeAsync("stall", stream: true);

        outcome.IsVisiblyBroken();
        Assert.Equal("timeout", outcome.Error!["code"]!.GetValue<string>());
        Assert.Equal((1, 0), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Fact]
    public async Task PlainAnswer_LongerThanEveryClockOfAStream_IsOneCall()
    {
        var outcome = await matrix.OutcomeAsync("slow", stream: false);

        outcome.IsWholeAnswerOf(matrix.Row("slow").Primary(stream: false));
        Assert.Equal((1, 0), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Fact]
    public async Task Stream_FirstWordTooLate_FallbackAnswers()
    {
        var outcome = await matrix.OutcomeAsync("slow", stream: true);

        outcome.IsWholeAnswerOf(matrix.Row("slow").Healthy(stream: true));
        Assert.Equal((1, 1), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Outage_CallsAllTheWhile_AllAnsweredAndSoonBackOnThePrimary(bool stream) =>
        new Outage(Calls: 24, Apart: TimeSpan.FromSeconds(0.4), Lasts: TimeSpan.FromSeconds(6), BackWithin: TimeSpan.FromSeconds(1.5)).RunAsync(matrix.System, matrix.Row("outage"), stream, Ct);

    [Fact]
    public Task AllRows_AtTheirEnd_LeaveNothingInFlight() => matrix.BecomesIdleAsync(Ct);

    /// <summary>The full form: <c>dotnet run --project tests/LlmDapr.System.Tests -- --explicit only --filter-class LlmDapr.System.Tests.FaultClockTests</c>.</summary>
    [Fact(Explicit = true)]
    public async Task Full_OutageOfAMinute_AllAnsweredAndBackWithinFifteenSeconds()
    {
        var row = new FaultRow("outage-full", "fault=status503&for=60s");
        await using var system = await RunningSystem.StartAsync(new RunningSystemOptions { AppEnvironment = FaultRow.Settings([row]) }, Ct);
        var outage = new Outage(Calls: 20, Apart: TimeSpan.FromSeconds(4), Lasts: TimeSpan.FromSeconds(60), BackWithin: TimeSpan.FromSeconds(15));
        await Task.WhenAll(outage.RunAsync(system, row, stream: false, Ct), outage.RunAsync(system, row, stream: true, Ct));
        await system.BecomesIdleAsync(Ct);
    }

    /// <summary>The full form, as above.</summary>
    [Fact(Explicit = true)]
    public async Task Full_ClocksOfTheDefaults_PlainAnswerOf40SecondsIsOneCallAndASilentStreamBreaks()
    {
        FaultRow slow = new("slow-full", "ttft=40s"), stall = new("stall-full", "fault=stall&after=20");
        await using var system = await RunningSystem.StartAsync(new RunningSystemOptions { AppEnvironment = FaultRow.Settings([slow, stall]) }, Ct);
        var silent = FaultOutcome.OfAsync(system, stall, stream: true, Ct);
        var outcome = await FaultOutcome.OfAsync(system, slow, stream: false, Ct);

        outcome.IsWholeAnswerOf(slow.Primary(stream: false));
        Assert.Equal((1, 0), (outcome.Primary.Count, outcome.Fallback.Count));
        (await silent).IsVisiblyBroken();
        await system.BecomesIdleAsync(Ct);
    }

    /// <summary>A tenth of the clocks by default. Plain answers have none, as by default.</summary>
    public sealed class Matrix : FaultMatrix
    {
        internal override IReadOnlyList<FaultRow> Rows => Table;

        protected override IReadOnlyList<string> Settings =>
            ["Attempts__FirstToken=00:00:01", "Attempts__FirstTokenAlone=00:00:03", "Attempts__Idle=00:00:03", "Attempts__BreakerWindow=00:00:03", "Attempts__BreakerPause=00:00:00.8"];
    }
}
