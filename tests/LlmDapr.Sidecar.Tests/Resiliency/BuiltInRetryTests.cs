using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Tests.Resiliency;

public sealed class BuiltInRetryTests
{
    private readonly PolicySetup _setup = new();

    [Theory]
    [InlineData(14)]
    [InlineData(16)]
    public async Task ExecuteAsync_UnreachableSidecar_IsRepeatedThreeTimes(int code)
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Failure(code, "rpc error: X"));

        var result = await app.InvokeAsync(_setup.Load().ForApp("dead"));

        Assert.Equal([0, 1000, 2000, 3000], app.AttemptsAtMs);
        Assert.Equal("failed to invoke target dead after 3 retries. Error: rpc error: X", result.Error);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(2)]
    [InlineData(0)]
    public async Task ExecuteAsync_OtherFailure_IsNotRepeated(int code)
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Failure(code));

        var result = await app.InvokeAsync(_setup.Load().ForApp("callee"));

        Assert.Equal(ScriptedApp.Failure(code), result);
        Assert.Equal(1, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_Answer503_IsNotRepeated()
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(503));

        await app.InvokeAsync(_setup.Load().ForApp("callee"));

        Assert.Equal(1, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_RequestWithoutLength_IsNotRepeated()
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Failure(14, "rpc error: X"));

        var result = await app.InvokeAsync(_setup.Load().ForApp("dead"), length: false);

        Assert.Equal(1, app.Attempts);
        Assert.Equal("rpc error: X", result.Error);
    }

    [Fact]
    public async Task ExecuteAsync_LostAfterTheFirstByte_IsNotRepeated()
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Failure(14) with { Committed = true });

        await app.InvokeAsync(_setup.Load().ForApp("dead"));

        Assert.Equal(1, app.Attempts);
    }

    [Fact]
    public async Task ExecuteAsync_SidecarComesBack_GivesItsAnswer()
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Failure(14), ScriptedApp.Status(200));

        var result = await app.InvokeAsync(_setup.Load().ForApp("callee"));

        Assert.Equal(ScriptedApp.Status(200), result);
        Assert.Equal([0, 1000], app.AttemptsAtMs);
    }

    [Fact]
    public async Task ExecuteAsync_OtherFailureWhileRetrying_EndsAsItIs()
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Failure(14), ScriptedApp.Failure(13, "rpc error: Y"));

        var result = await app.InvokeAsync(_setup.Load().ForApp("callee"));

        Assert.Equal(ScriptedApp.Failure(13, "rpc error: Y"), result);
    }

    [Theory]
    [InlineData("caller")]
    [InlineData("callee")]
    [InlineData("callee.default")]
    public async Task ForApp_OwnAppOrTargetEntry_HasNoBuiltInRetries(string appId)
    {
        var policies = _setup.LoadSpec("  targets: { apps: { callee: { retry: nosuch } } }");
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Failure(14, "rpc error: X"));

        var result = await app.InvokeAsync(policies.ForApp(appId));

        Assert.Equal(1, app.Attempts);
        Assert.Equal("rpc error: X", result.Error);
    }

    [Theory]
    [InlineData("maxRetries: 1", 3, true)]
    [InlineData("maxRetries: 0", 3, true)]
    [InlineData("maxRetries: -1", 3, true)]
    [InlineData("maxRetries: 3", 3, false)]
    [InlineData("maxRetries: 5", 5, false)]
    public async Task Load_BuiltInOverridden_RaisesTheLimitToThree(string limit, int retries, bool warned)
    {
        var policies = _setup.LoadSpec($"  policies: {{ retries: {{ DaprBuiltInServiceRetries: {{ policy: constant, duration: 100ms, {limit} }} }} }}");
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Failure(14, "rpc error: X"));

        var result = await app.InvokeAsync(policies.ForApp("dead"));

        Assert.Equal(Enumerable.Range(0, retries + 1).Select(n => n * 100.0), app.AttemptsAtMs);
        Assert.Equal($"failed to invoke target dead after {retries} retries. Error: rpc error: X", result.Error);
        Assert.Equal(warned, _setup.Logged(LogLevel.Warning).Contains(
            "Attempted override of DaprBuiltInServiceRetries did not meet minimum retry count, resetting to 3."));
    }

    [Fact]
    public void MayRepeatAnswers_BuiltIn_IsFalse() => Assert.False(_setup.Load().ForApp("callee").MayRepeatAnswers);

    [Fact]
    public void ForApp_SameIdTwice_IsOnePolicy()
    {
        var policies = _setup.Load();

        Assert.Same(policies.ForApp("callee"), policies.ForApp("callee"));
        Assert.All(Enumerable.Range(0, 2000), n => Assert.NotNull(policies.ForApp($"app{n}")));
    }
}
