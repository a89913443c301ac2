namespace LlmDapr.System.Tests;

/// <summary>What a caller gets, and what reaches the provider, when a model's primary plays a fault and its fallback is well.</summary>
public sealed class FaultMatrixTests(FaultMatrixTests.Matrix matrix) : IClassFixture<FaultMatrixTests.Matrix>
{
    private static readonly FaultRow[] Table =
    [
        new("429-once", "fault=status429&times=1&retryafter=2s"),
        new("429-long", "fault=status429&retryafter=30s"),
        new("429-forever", "fault=status429"),
        new("quota", "fault=quota"),
        new("500-once", "fault=status500&times=1"),
        new("503-forever", "fault=status503"),
        new("reset-once", "fault=reset&times=1"),
        new("reset-forever", "fault=reset"),
        new("html", "fault=html200"),
        new("hang", "fault=hang"),
        new("slow-head", "head=early&ttft=20s") { StreamsOnly = true },
        new("cut", "fault=cut&after=40"),
        new("badjson", "fault=badjson&after=9"),
        new("nodone", "fault=nodone"),
        new("context", "fault=context"),
        new("context-larger", "fault=context") { Larger = "larger" },
        new("larger", "fault=none"),
        new("policy", "fault=policy"),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TooManyRequestsOnce_RetryAfterTwoSeconds_IsWaitedForAndThePrimaryAnswers(bool stream)
    {
        var outcome = await matrix.OutcomeAsync("429-once", stream);

        outcome.IsWholeAnswerOf(matrix.Row("429-once").Primary(stream));
        Assert.Equal((2, 0), (outcome.Primary.Count, outcome.Fallback.Count));
        Assert.True(outcome.Attempts()[1] >= 1800, $"waited {outcome.Attempts()[1]} ms");
        Assert.InRange(outcome.Attempts().Count(at => at <= 1500), 1, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TooManyRequests_RetryAfterLongerThanAnyoneWaits_FailsOverAtOnce(bool stream)
    {
        var outcome = await matrix.OutcomeAsync("429-long", stream);

        outcome.IsWholeAnswerOf(matrix.Row("429-long").Healthy(stream));
        Assert.Equal((1, 1), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TooManyRequestsForEver_NoHeader_FallbackAnswersAfterFewAttempts(bool stream)
    {
        var outcome = await matrix.OutcomeAsync("429-forever", stream);

        outcome.IsWholeAnswerOf(matrix.Row("429-forever").Healthy(stream));
        Assert.InRange(outcome.Attempts().Count(at => at <= 3000), 1, 4);
        Assert.InRange(outcome.Attempts().Count, 2, 6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task QuotaUsedUp_Always_IsAskedOnceAndFallbackAnswers(bool stream)
    {
        var outcome = await matrix.OutcomeAsync("quota", stream);

        outcome.IsWholeAnswerOf(matrix.Row("quota").Healthy(stream));
        Assert.Equal((1, 1), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Theory]
    [InlineData("500-once", false)]
    [InlineData("500-once", true)]
    [InlineData("reset-once", false)]
    [InlineData("reset-once", true)]
    public async Task BreaksOnce_BeforeTheAnswer_ThePrimarysSecondAttemptAnswers(string row, bool stream)
    {
        var outcome = await matrix.OutcomeAsync(row, stream);

        outcome.IsWholeAnswerOf(matrix.Row(row).Primary(stream));
        Assert.Equal((2, 0), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Theory]
    [InlineData("503-forever", false)]
    [InlineData("503-forever", true)]
    [InlineData("reset-forever", false)]
    [InlineData("reset-forever", true)]
    [InlineData("html", false)]
    [InlineData("html", true)]
    [InlineData("cut", false)]
    [InlineData("badjson", false)]
    public async Task BreaksForEver_BeforeTheAnswer_FallbackAnswersAndIsNamed(string row, bool stream)
    {
        var outcome = await matrix.OutcomeAsync(row, stream);

        outcome.IsWholeAnswerOf(matrix.Row(row).Healthy(stream));
        Assert.InRange(outcome.Attempts().Count, 2, 6);
        Assert.Equal((2, 1), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AcceptsAndNeverAnswers_Always_IsAskedOnceAndFallbackAnswersInTime(bool stream)
    {
        var outcome = await matrix.OutcomeAsync("hang", stream);

        outcome.IsWholeAnswerOf(matrix.Row("hang").Healthy(stream));
        Assert.Equal((1, 1), (outcome.Primary.Count, outcome.Fallback.Count));
        Assert.True(outcome.Took <= TimeSpan.FromSeconds(30), $"took {outcome.Took}");
    }

    [Fact]
    public async Task HeadersAtOnce_FirstWordLate_FallbackAnswersInTime()
    {
        var outcome = await matrix.OutcomeAsync("slow-head", stream: true);

        outcome.IsWholeAnswerOf(matrix.Row("slow-head").Healthy(stream: true));
        Assert.Equal((1, 1), (outcome.Primary.Count, outcome.Fallback.Count));
        Assert.True(outcome.Took <= TimeSpan.FromSeconds(15), $"took {outcome.Took}");
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("badjson")]
    public async Task BreaksMidStream_RecoveryOff_IsAnErrorEventAndNeverACleanEnd(string row)
    {
        var outcome = await matrix.OutcomeAsync(row, stream: true);

        outcome.IsVisiblyBroken();
        Assert.Equal((1, 0), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Complete_NoDone_IsDoneSoonWithItsUsage(bool stream)
    {
        var outcome = await matrix.OutcomeAsync("nodone", stream);

        outcome.IsWholeAnswerOf(matrix.Row("nodone").Primary(stream));
        Assert.Equal((1, 0), (outcome.Primary.Count, outcome.Fallback.Count));
        Assert.True(outcome.Took <= TimeSpan.FromSeconds(8), $"took {outcome.Took}");
    }

    [Theory]
    [InlineData("context", "context_length_exceeded", false)]
    [InlineData("context", "context_length_exceeded", true)]
    [InlineData("policy", "content_policy_violation", false)]
    [InlineData("policy", "content_policy_violation", true)]
    public async Task CallersOwnMistake_OfTheProvidersMaking_ReachesTheCallerAfterOneAttempt(string row, string code, bool stream)
    {
        var outcome = await matrix.OutcomeAsync(row, stream);

        Assert.Equal((400, code), (outcome.Status, outcome.Error?["code"]?.GetValue<string>()));
        Assert.Equal((1, 0), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ContextTooLong_LargerModelConfigured_TheLargerOneAnswers(bool stream)
    {
        var outcome = await matrix.OutcomeAsync("context-larger", stream);

        outcome.IsWholeAnswerOf(matrix.Row("larger").Primary(stream));
        Assert.Equal((1, 0), (outcome.Primary.Count, outcome.Fallback.Count));
    }

    [Fact]
    public Task AllRows_AtTheirEnd_LeaveNothingInFlight() => matrix.BecomesIdleAsync(TestContext.Current.CancellationToken);

    /// <summary>The table's system: clocks by default, but for a plain answer's.</summary>
    public sealed class Matrix : FaultMatrix
    {
        internal override IReadOnlyList<FaultRow> Rows => Table;

        protected override IReadOnlyList<string> Settings => ["Attempts__PlainAnswer=00:00:10"];
    }
}
