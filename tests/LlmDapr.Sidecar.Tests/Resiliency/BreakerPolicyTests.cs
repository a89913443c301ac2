using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Tests.Resiliency;

/// <summary>Breakers as invocations meet them: what counts, what shares one, how they lie inside the retries.</summary>
public sealed class BreakerPolicyTests
{
    private const string AfterThree = "maxRequests: 1, timeout: 2s, trip: consecutiveFailures >= 3";
    private readonly PolicySetup _setup = new();

    [Theory]
    [InlineData("Answered", 500, 0, false)]
    [InlineData("Answered", 404, 0, false)]
    [InlineData("Answered", 429, 0, false)]
    [InlineData("Answered", 503, 0, true)]
    [InlineData("Failed", 0, 13, false)]
    [InlineData("Failed", 0, 14, false)]
    [InlineData("CallerLeft", 0, 1, false)]
    [InlineData("CallerLeft", 200, 1, true)]
    public async Task ExecuteAsync_ThreeFailures_OpenIt(string end, int status, int code, bool committed)
    {
        var failure = new AttemptResult(Enum.Parse<AttemptEnd>(end), status, code, null, committed);
        var policy = _setup.Breaker(AfterThree);
        var app = new ScriptedApp(_setup.Time, failure);

        for (var n = 0; n < 3; n++)
        {
            Assert.Equal(failure, await app.InvokeAsync(policy));
        }

        Assert.Equal("circuit breaker is open", (await app.InvokeAsync(policy)).Error);
        Assert.Equal(3, app.Attempts);
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(302, false)]
    [InlineData(200, true)]
    public async Task ExecuteAsync_Successes_KeepItClosed(int status, bool committed)
    {
        var policy = _setup.Breaker(AfterThree);
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(status) with { Committed = committed });

        for (var n = 0; n < 5; n++)
        {
            await app.InvokeAsync(policy);
        }

        Assert.Equal(5, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_ExceptionOfAnAttempt_Counts()
    {
        var policy = _setup.Breaker(AfterThree);
        for (var n = 0; n < 3; n++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() =>
                policy.ExecuteAsync("m", true, _ => throw new InvalidOperationException("bug"), TestContext.Current.CancellationToken));
        }

        Assert.Equal("circuit breaker is open", (await new ScriptedApp(_setup.Time, ScriptedApp.Status(200)).InvokeAsync(policy)).Error);
    }

    [Fact]
    public async Task ExecuteAsync_RequestWithoutLength_CountsAndIsRefused()
    {
        var policy = _setup.Breaker(AfterThree);
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(500));

        for (var n = 0; n < 4; n++)
        {
            await app.InvokeAsync(policy, length: false);
        }

        Assert.Equal(3, app.Attempts);
    }

    [Theory]
    [InlineData("status/500", true)]
    [InlineData("/status/500/", true)]
    [InlineData("status//500", false)]
    [InlineData("status/500/x", false)]
    public async Task ExecuteAsync_OtherPath_HasABreakerOfItsOwn(string path, bool refused)
    {
        var policy = _setup.Breaker(AfterThree);
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(500));
        for (var n = 0; n < 3; n++)
        {
            await app.InvokeAsync(policy, "/status/500");
        }

        var result = await app.InvokeAsync(policy, path);

        Assert.Equal(refused, result.Error == "circuit breaker is open");
    }

    [Fact]
    public async Task ForApp_IdWithNamespace_HasNoPolicy()
    {
        var policies = _setup.LoadSpec("""
              policies: { circuitBreakers: { cb: { trip: consecutiveFailures >= 1 } }, retries: { r: { duration: 1s } } }
              targets: { apps: { callee: { circuitBreaker: cb, retry: r } } }
            """);
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(500));

        await app.InvokeAsync(policies.ForApp("callee.default"));
        await app.InvokeAsync(policies.ForApp("callee.default"));

        Assert.Equal(2, app.Attempts);
    }

    [Theory]
    [InlineData("", 6)]
    [InlineData("trip: ''", 6)]
    [InlineData("trip: consecutiveFailures > 2", 3)]
    [InlineData("trip: totalFailures >= 2", 2)]
    [InlineData("trip: 'requests >= 4'", 4)]
    [InlineData("trip: 'requests >= 4 && double(totalFailures) / double(requests) >= 0.5'", 4)]
    [InlineData("trip: nosuch > 3", 10)]
    [InlineData("trip: consecutiveFailures", 10)]
    [InlineData("trip: totalFailures / totalSuccesses > 1", 10)]
    public async Task ExecuteAsync_EachTripForm_OpensAfter(string fields, int attempts)
    {
        var policy = _setup.Breaker(fields);
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(500));

        for (var n = 0; n < 10; n++)
        {
            await app.InvokeAsync(policy);
        }

        Assert.Equal(attempts, app.Attempts);
    }

    [Theory]
    [InlineData("", 60)]
    [InlineData("timeout: 2s", 2)]
    [InlineData("timeout: 500", 0.5)]
    [InlineData("timeout: 0s", 60)]
    public async Task ExecuteAsync_EachTimeout_HoldsItOpen(string fields, double seconds)
    {
        var policy = _setup.Breaker(fields);
        var app = new ScriptedApp(_setup.Time, [.. Enumerable.Repeat(ScriptedApp.Status(500), 6), ScriptedApp.Status(200)]);
        for (var n = 0; n < 6; n++)
        {
            await app.InvokeAsync(policy);
        }

        _setup.Time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal("circuit breaker is open", (await app.InvokeAsync(policy)).Error);
        _setup.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(200, (await app.InvokeAsync(policy)).Status);
    }

    [Fact]
    public async Task ExecuteAsync_HalfOpenProbeRunning_RefusesWithTooManyRequests()
    {
        var policy = _setup.Breaker(AfterThree);
        var failing = new ScriptedApp(_setup.Time, ScriptedApp.Status(500));
        for (var n = 0; n < 3; n++)
        {
            await failing.InvokeAsync(policy);
        }

        _setup.Time.Advance(TimeSpan.FromSeconds(2.1));
        var answer = new TaskCompletionSource<AttemptResult>();
        var probe = policy.ExecuteAsync("m", true, _ => new ValueTask<AttemptResult>(answer.Task), TestContext.Current.CancellationToken);

        Assert.Equal("too many requests", (await failing.InvokeAsync(policy)).Error);

        answer.SetResult(ScriptedApp.Status(200));
        Assert.Equal(200, (await probe).Status);
        Assert.Equal(500, (await failing.InvokeAsync(policy)).Status);
    }

    [Fact]
    public async Task ExecuteAsync_TripsInsideRetries_EndsWithTheRefusalOneDelayLater()
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(500));

        var result = await app.InvokeAsync(WithRetry("duration: 100ms, maxRetries: 5"));

        Assert.Equal("circuit breaker is open", result.Error);
        Assert.Equal([0, 100, 200], app.AttemptsAtMs);
        Assert.Equal(TimeSpan.FromMilliseconds(300), _setup.Time.GetUtcNow() - _setup.Time.Start);
    }

    [Fact]
    public async Task ExecuteAsync_TripsAtTheLastRetry_GivesTheAnswer()
    {
        var policy = WithRetry("duration: 100ms, maxRetries: 2");
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(500));

        Assert.Equal(500, (await app.InvokeAsync(policy)).Status);
        Assert.Equal("circuit breaker is open", (await app.InvokeAsync(policy)).Error);
        Assert.Equal(3, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_AnswersThatMatchingExcludes_CountAllTheSame()
    {
        var policy = WithRetry("duration: 50ms, maxRetries: 1, matching: { httpStatusCodes: '503' }");
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(404));

        for (var n = 0; n < 4; n++)
        {
            await app.InvokeAsync(policy);
        }

        Assert.Equal(3, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_CacheOfOne_ForgetsTheOtherPath()
    {
        var policy = _setup.Breaker(AfterThree, "circuitBreaker: cb, circuitBreakerCacheSize: 1");
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(500));
        for (var n = 0; n < 3; n++)
        {
            await app.InvokeAsync(policy, "a");
        }

        Assert.Equal("circuit breaker is open", (await app.InvokeAsync(policy, "a")).Error);
        await app.InvokeAsync(policy, "b");

        Assert.Equal(500, (await app.InvokeAsync(policy, "a")).Status);
    }

    [Fact]
    public async Task ExecuteAsync_FullCache_DropsTheLeastRecentlyUsed()
    {
        var policy = _setup.Breaker("timeout: 2s, trip: consecutiveFailures >= 1", "circuitBreaker: cb, circuitBreakerCacheSize: 2");
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(500));
        await app.InvokeAsync(policy, "a");
        await app.InvokeAsync(policy, "b");
        await app.InvokeAsync(policy, "a");
        await app.InvokeAsync(policy, "c");

        Assert.Equal("circuit breaker is open", (await app.InvokeAsync(policy, "a")).Error);
        Assert.Equal(500, (await app.InvokeAsync(policy, "b")).Status);
    }

    [Fact]
    public async Task GetBreakers_AfterUse_ShowsStateAndCounts()
    {
        var policies = _setup.LoadSpec("""
              policies: { circuitBreakers: { cb: { trip: consecutiveFailures >= 2 } } }
              targets: { apps: { callee: { circuitBreaker: cb } } }
            """);
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(500));
        await app.InvokeAsync(policies.ForApp("callee"), "a");
        await app.InvokeAsync(policies.ForApp("callee"), "b");
        await app.InvokeAsync(policies.ForApp("callee"), "b");

        Assert.Equal(
            [
                new BreakerSnapshot("callee", "b", "cb", BreakerState.Open, default),
                new BreakerSnapshot("callee", "a", "cb", BreakerState.Closed, new BreakerCounts(1, 0, 1, 0, 1)),
            ],
            policies.GetBreakers());
        Assert.Contains("Circuit breaker \"callee:b\" changed state from closed to open", _setup.Logged(LogLevel.Information));
    }

    private InvocationPolicy WithRetry(string retry) => _setup.LoadSpec($$"""
          policies: { retries: { r: { {{retry}} } }, circuitBreakers: { cb: { {{AfterThree}} } } }
          targets: { apps: { callee: { retry: r, circuitBreaker: cb } } }
        """).ForApp("callee");
}
