using System.Text.Json.Nodes;

namespace LlmDapr.System.Tests;

/// <summary>Rows of the fault matrix in which a stream breaks after words went out and its model lets another target finish it.</summary>
public sealed class FaultRecoveryTests(FaultRecoveryTests.Matrix matrix) : IClassFixture<FaultRecoveryTests.Matrix>
{
    private static readonly FaultRow Well = new("well", "fault=none");

    private static readonly FaultRow[] Table =
    [
        Well,
        .. new (string Name, string Fault)[] { ("cut", "fault=cut&after=40"), ("stall", "fault=stall&after=20"), ("badjson", "fault=badjson&after=9"), ("error", "fault=error-in-stream&after=30"), ("end", "fault=end&after=30") }
            .SelectMany(fault => new[]
            {
                new FaultRow($"{fault.Name}-continue", fault.Fault) { Recovery = "continue", StreamsOnly = true },
                new FaultRow($"{fault.Name}-restart", fault.Fault) { Recovery = "restart", StreamsOnly = true },
                new FaultRow($"{fault.Name}-refused", fault.Fault) { Recovery = "continue", StreamsOnly = true, Fallback = "&prefill=refuse" },
            }),
    ];

    public static TheoryData<string> Faults => ["cut", "stall", "badjson", "error", "end"];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task BreaksMidStream_Continue_IsFinishedFromWhatWasSaid(string fault)
    {
        var outcome = await RecoveredAsync($"{fault}-continue");

        Assert.Equal((1, 1), (outcome.Primary.Count, outcome.Fallback.Count));
        var asked = Assert.Single(await matrix.System.Simulator.BodiesAsync(matrix.Row($"{fault}-continue").Healthy(stream: true), TestContext.Current.CancellationToken));
        var last = JsonNode.Parse(asked)!["messages"]!.AsArray()[^1]!;
        Assert.Equal("assistant", last["role"]!.GetValue<string>());
        Assert.StartsWith(last["content"]!.GetValue<string>(), outcome.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task BreaksMidStream_Restart_IsFinishedByTheSameAnswer(string fault)
    {
        var outcome = await RecoveredAsync($"{fault}-restart");

        Assert.Equal((1, 1), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task BreaksMidStream_PrefillRefused_IsFinishedByRestartAndNeverThe400(string fault)
    {
        var outcome = await RecoveredAsync($"{fault}-refused");

        Assert.Equal((1, 2), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Fact]
    public Task AllRows_AtTheirEnd_LeaveNothingInFlight() => matrix.BecomesIdleAsync(TestContext.Current.CancellationToken);

    private async Task<FaultOutcome> RecoveredAsync(string row)
    {
        var outcome = await matrix.OutcomeAsync(row, stream: true);
        var well = await matrix.OutcomeAsync(Well.Name, stream: true);

        outcome.IsWholeAnswer();
        Assert.Equal(matrix.Row(row).Primary(stream: true), outcome.Model);
        Assert.NotNull(outcome.Recovered);
        Assert.Null(well.Recovered);

        // Both calls are paid for.
        Assert.True(Tokens(outcome, "prompt_tokens") >= 2 * Tokens(well, "prompt_tokens"), outcome.Usage!.ToJsonString());
        Assert.True(Tokens(outcome, "completion_tokens") >= Tokens(well, "completion_tokens"), outcome.Usage!.ToJsonString());
        return outcome;
    }

    private static int Tokens(FaultOutcome outcome, string name) => outcome.Usage![name]!.GetValue<int>();

    /// <summary>Silence is a fault after 3 s.</summary>
    public sealed class Matrix : FaultMatrix
    {
        internal override IReadOnlyList<FaultRow> Rows => Table;

        protected override IReadOnlyList<string> Settings => ["Attempts__Idle=00:00:03"];
    }
}
