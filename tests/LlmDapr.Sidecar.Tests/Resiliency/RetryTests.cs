using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Tests.Resiliency;

public sealed class RetryTests
{
    private readonly PolicySetup _setup = new();

    [Theory]
    [InlineData(200, 1)]
    [InlineData(302, 1)]
    [InlineData(399, 1)]
    [InlineData(199, 4)]
    [InlineData(400, 4)]
    [InlineData(404, 4)]
    [InlineData(429, 4)]
    [InlineData(500, 4)]
    [InlineData(999, 4)]
    public async Task ExecuteAsync_AnswerWithoutMatching_RepeatsAllButSuccess(int status, int attempts)
    {
        var policy = _setup.Retry("policy: constant, duration: 200ms, maxRetries: 3");
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(status));

        var result = await app.InvokeAsync(policy);

        Assert.Equal(ScriptedApp.Status(status), result);
        Assert.Equal(Enumerable.Range(0, attempts).Select(n => n * 200.0), app.AttemptsAtMs);
    }

    [Theory]
    [InlineData("duration: 50ms, maxRetries: 2", "0 50 100")]
    [InlineData("duration: 300, maxRetries: 1", "0 300")]
    [InlineData("duration: '300', maxRetries: 1", "0 300")]
    [InlineData("duration: 1.5s, maxRetries: 1", "0 1500")]
    [InlineData("maxRetries: 1", "0 5000")]
    [InlineData("policy: Constant, duration: 1s, maxRetries: 0", "0")]
    [InlineData("duration: 0s, maxRetries: 2", "0 0 0")]
    [InlineData("policy: exponential, maxRetries: 4", "0 500 1250 2375 4062")]
    [InlineData("policy: exponential, duration: 1ms, maxInterval: 600ms, maxRetries: 4", "0 500 1100 1700 2300")]
    public async Task ExecuteAsync_EachPolicyForm_SpacesAttempts(string fields, string at)
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(503));

        await app.InvokeAsync(_setup.Retry(fields));

        Assert.Equal(at, string.Join(' ', app.AttemptsAtMs.Select(ms => FormattableString.Invariant($"{ms:0.###}"))));
    }

    [Theory]
    [InlineData(0.0, "0 250 625")]
    [InlineData(1.0, "0 750 1875")]
    public async Task ExecuteAsync_Exponential_JittersByHalf(double random, string at)
    {
        _setup.Random = random;
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(503));

        await app.InvokeAsync(_setup.Retry("policy: exponential, maxRetries: 2"));

        Assert.Equal(at, string.Join(' ', app.AttemptsAtMs));
    }

    [Theory]
    [InlineData("duration: 50ms")]
    [InlineData("duration: 50ms, maxRetries: -1")]
    [InlineData("duration: 50ms, maxRetries:")]
    public async Task ExecuteAsync_NoLimit_RepeatsUntilSuccess(string fields)
    {
        var app = new ScriptedApp(_setup.Time, [.. Enumerable.Repeat(ScriptedApp.Status(503), 40), ScriptedApp.Status(200)]);

        var result = await app.InvokeAsync(_setup.Retry(fields));

        Assert.Equal(200, result.Status);
        Assert.Equal(41, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_ExponentialWithoutLimit_GivesUpAfterFifteenMinutes()
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(503));

        await app.InvokeAsync(_setup.Retry("policy: exponential, maxInterval: 1m"));

        Assert.InRange(app.AttemptsAtMs[^1], 14 * 60_000, 15 * 60_000);
    }

    [Fact]
    public async Task ExecuteAsync_ConstantWithoutLimit_HasNoEndInTime()
    {
        var app = new ScriptedApp(_setup.Time, [.. Enumerable.Repeat(ScriptedApp.Status(503), 30), ScriptedApp.Status(200)]);

        await app.InvokeAsync(_setup.Retry("duration: 1m"));

        Assert.Equal(30 * 60_000, app.AttemptsAtMs[^1]);
    }

    [Theory]
    [InlineData("httpStatusCodes: '429,500-599'", 400, 1)]
    [InlineData("httpStatusCodes: '429,500-599'", 404, 1)]
    [InlineData("httpStatusCodes: '429,500-599'", 429, 4)]
    [InlineData("httpStatusCodes: '429,500-599'", 599, 4)]
    [InlineData("httpStatusCodes: '429,500-599'", 600, 1)]
    [InlineData("httpStatusCodes: '503'", 503, 4)]
    [InlineData("httpStatusCodes: 503", 503, 4)]
    [InlineData("httpStatusCodes: '503,'", 503, 4)]
    [InlineData("httpStatusCodes: ''", 404, 4)]
    [InlineData("gRPCStatusCodes: '14'", 429, 4)]
    [InlineData("gRPCStatusCodes: '14'", 500, 4)]
    [InlineData("httpStatusCodes: '503', gRPCStatusCodes: '13'", 500, 1)]
    [InlineData("httpStatusCodes: '503', gRPCStatusCodes: '13'", 503, 4)]
    public async Task ExecuteAsync_Matching_RepeatsAnswersInTheList(string matching, int status, int attempts)
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(status));

        await app.InvokeAsync(_setup.Retry($"duration: 50ms, maxRetries: 3, matching: {{ {matching} }}"));

        Assert.Equal(attempts, app.Attempts);
    }

    [Theory]
    [InlineData("httpStatusCodes: '429,500-599'", 13)]
    [InlineData("gRPCStatusCodes: '14'", 13)]
    [InlineData("gRPCStatusCodes: '14'", 14)]
    [InlineData("httpStatusCodes: '503', gRPCStatusCodes: '13'", 2)]
    public async Task ExecuteAsync_TransportError_IsRepeatedWhateverMatchingSays(string matching, int code)
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Failure(code));

        var result = await app.InvokeAsync(_setup.Retry($"duration: 50ms, maxRetries: 3, matching: {{ {matching} }}"));

        Assert.Equal(ScriptedApp.Failure(code), result);
        Assert.Equal(4, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_SecondAnswerNotInList_StopsThere()
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(503), ScriptedApp.Status(400), ScriptedApp.Status(200));

        var result = await app.InvokeAsync(_setup.Retry("duration: 50ms, maxRetries: 3, matching: { httpStatusCodes: '429,500-599' }"));

        Assert.Equal(400, result.Status);
        Assert.Equal(2, app.Attempts);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(200)]
    public async Task ExecuteAsync_CommittedAnswer_IsNeverRepeated(int status)
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(status) with { Committed = true });

        await app.InvokeAsync(_setup.Retry("duration: 50ms, maxRetries: 3"));

        Assert.Equal(1, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_RequestWithoutLength_IsNeverRepeated()
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(503));

        await app.InvokeAsync(_setup.Retry("duration: 50ms, maxRetries: 3"), length: false);

        Assert.Equal(1, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_CallerLeavesInADelay_StopsAtOnce()
    {
        using var caller = new CancellationTokenSource();
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(503));
        var invocation = _setup.Retry("duration: 200ms, maxRetries: 10").ExecuteAsync("m", true, app.AttemptAsync, caller.Token);
        await _setup.Time.NextDelayAsync();

        await caller.CancelAsync();

        Assert.Equal(AttemptEnd.CallerLeft, (await invocation).End);
        Assert.Equal(1, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_CallerLeftInAnAttempt_IsNotRepeated()
    {
        var app = new ScriptedApp(_setup.Time, AttemptResult.Left());

        var result = await app.InvokeAsync(_setup.Retry("duration: 50ms, maxRetries: 3"));

        Assert.Equal(AttemptEnd.CallerLeft, result.End);
        Assert.Equal(1, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_AttemptThrows_PassesThrough()
    {
        var policy = _setup.Retry("duration: 50ms, maxRetries: 3");

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            policy.ExecuteAsync("m", true, _ => throw new InvalidOperationException("bug"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("maxRetries: 3", true)]
    [InlineData("", true)]
    [InlineData("maxRetries: 0", false)]
    public void MayRepeatAnswers_EachLimit_SaysWhetherBodiesAreKept(string fields, bool expected) =>
        Assert.Equal(expected, _setup.Retry(fields).MayRepeatAnswers);

    [Fact]
    public async Task ExecuteAsync_Retries_AreLoggedOnceAndAtTheirEnd()
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(503), ScriptedApp.Status(503), ScriptedApp.Status(200));

        await app.InvokeAsync(_setup.Retry("duration: 200ms, maxRetries: 3"), "/status/503");

        Assert.Equal(["Error processing operation endpoint[callee, callee:status/503]. Retrying in 200ms…"], _setup.Logged(LogLevel.Warning));
        Assert.Contains("Recovered processing operation endpoint[callee, callee:status/503] after 2 attempts", _setup.Logged(LogLevel.Information));
    }
}
