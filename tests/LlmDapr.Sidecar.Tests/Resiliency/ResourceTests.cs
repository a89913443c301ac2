using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Tests.Resiliency;

/// <summary>How resources are read: what is dropped and with which words, what is warned of, how several make one.</summary>
public sealed class ResourceTests
{
    private readonly PolicySetup _setup = new();

    [Theory]
    [InlineData("retries: { r: { duration: abc } }", "invalid retry configuration \"r\": 1 error(s) decoding:\n\n* error decoding 'duration': invalid duration \"abc\"")]
    [InlineData("retries: { r: { maxInterval: 5 s } }", "invalid retry configuration \"r\": 1 error(s) decoding:\n\n* error decoding 'maxInterval': invalid duration \"5 s\"")]
    [InlineData("retries: { r: { policy: linear } }", "invalid retry configuration \"r\": 1 error(s) decoding:\n\n* error decoding 'policy': invalid PolicyType \"linear\": unexpected back off policy type: linear")]
    [InlineData("retries: { r: { maxRetries: many } }", "res.spec.policies.retries.r.maxRetries must be a whole number, not \"many\"")]
    [InlineData("retries: { r: { maxRetries: '3' } }", "res.spec.policies.retries.r.maxRetries must be a whole number: write 3 without quotes")]
    [InlineData("retries: { r: 5 }", "res.spec.policies.retries.r must be a mapping (names with values below it)")]
    [InlineData("retries: { r: { duration: [5s] } }", "res.spec.policies.retries.r.duration must be one value")]
    [InlineData("retries: { r: { matching: { httpStatusCodes: '429, 500-599' } } }", "failed to parse start code  500 from pattern  500-599 to int, strconv.Atoi: parsing \" 500\": invalid syntax")]
    [InlineData("retries: { r: { matching: { httpStatusCodes: abc } } }", "failed to parse start code abc from pattern abc to int, strconv.Atoi: parsing \"abc\": invalid syntax")]
    [InlineData("retries: { r: { matching: { httpStatusCodes: 5* } } }", "failed to parse start code 5* from pattern 5* to int, strconv.Atoi: parsing \"5*\": invalid syntax")]
    [InlineData("retries: { r: { matching: { httpStatusCodes: 500-5x } } }", "failed to parse end code 5x from pattern 500-5x to int, strconv.Atoi: parsing \"5x\": invalid syntax")]
    [InlineData("retries: { r: { matching: { httpStatusCodes: 599-500 } } }", "invalid pattern 599-500, start value should not bigger than end value")]
    [InlineData("retries: { r: { matching: { httpStatusCodes: 700 } } }", "invalid pattern 700, start code 700 is not valid")]
    [InlineData("retries: { r: { matching: { httpStatusCodes: 500-700 } } }", "invalid pattern 500-700, end code 700 is not valid")]
    [InlineData("retries: { r: { matching: { httpStatusCodes: 14 } } }", "invalid pattern 14, start code 14 is not valid")]
    [InlineData("retries: { r: { matching: { httpStatusCodes: 1-2-3 } } }", "invalid pattern 1-2-3, more than one '-' exists")]
    [InlineData("retries: { r: { matching: { gRPCStatusCodes: 17 } } }", "invalid pattern 17, start code 17 is not valid")]
    [InlineData("timeouts: { t: soon }", "invalid duration \"t\", soon: time: invalid duration \"soon\"")]
    [InlineData("circuitBreakers: { cb: { timeout: x } }", "invalid retry configuration \"cb\": 1 error(s) decoding:\n\n* error decoding 'timeout': invalid duration \"x\"")]
    [InlineData("circuitBreakers: { cb: { interval: x } }", "invalid retry configuration \"cb\": 1 error(s) decoding:\n\n* error decoding 'interval': invalid duration \"x\"")]
    [InlineData("circuitBreakers: { cb: { maxRequests: -1 } }", "invalid retry configuration \"cb\": 1 error(s) decoding:\n\n* error decoding 'maxRequests': -1 overflows uint: the number of probes must be 1 or more")]
    [InlineData("circuitBreakers: { cb: { trip: a > } }", "invalid retry configuration \"cb\": 1 error(s) decoding:\n\n* error decoding 'trip': invalid Expr \"a >\": ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting ")]
    [InlineData("circuitBreakers: { cb: { trip: consecutiveFailures >>> 3 } }", "invalid retry configuration \"cb\": 1 error(s) decoding:\n\n* error decoding 'trip': invalid Expr \"consecutiveFailures >>> 3\": ERROR: <input>:1:22: Syntax error: mismatched input '>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | consecutiveFailures >>> 3\n | .....................^\nERROR: <input>:1:23: Syntax error: extraneous input '>' expecting")]
    public void Load_InvalidPolicy_SaysWhatDaprdSays(string policy, string message)
    {
        _setup.LoadSpec($"  policies: {{ {policy} }}");

        var logged = Assert.Single(_setup.Logged(LogLevel.Error));
        Assert.StartsWith($"Could not read resiliency policy res: {message}", logged, StringComparison.Ordinal);
        Assert.EndsWith("(0.yaml: nothing of this resource applies until that is corrected)", logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_InvalidPolicyBesideAValidOne_DropsTheWholeResource() => Assert.Equal(1, await AttemptsAsync(_setup.Load(
        Resource("a", "retries: { good: { duration: 1s, maxRetries: 1 }, bad: { duration: abc } }", "callee: { retry: good }"))));

    [Theory]
    [InlineData("apps: { callee: { circuitBreakerCacheSize: -1 } }", "circuitBreakerCacheSize of target \"callee\" must be 1 or more, not -1: must provide a positive size")]
    [InlineData("apps: { callee: r }", "res.spec.targets.apps.callee must be a mapping (names with values below it)")]
    [InlineData("apps: [callee]", "res.spec.targets.apps must be a mapping (names with values below it)")]
    public void Load_InvalidTarget_DropsTheWholeResource(string targets, string message)
    {
        _setup.LoadSpec($"  targets: {{ {targets} }}");

        Assert.StartsWith($"Could not read resiliency policy res: {message}", Assert.Single(_setup.Logged(LogLevel.Error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policies: { retries: { r: { maxRetries: 1, foo: 1 } } }", "Unknown field res.spec.policies.retries.r.foo in 0.yaml is ignored: is it misspelt?")]
    [InlineData("policies: { circuitBreaker: { } }", "Unknown field res.spec.policies.circuitBreaker in 0.yaml is ignored: is it misspelt?")]
    [InlineData("targets: { apps: { a: { retries: r } } }", "Unknown field res.spec.targets.apps.a.retries in 0.yaml is ignored: is it misspelt?")]
    [InlineData("targets: { apps: { a: { retry: nosuch } } }", "The resiliency target a names retry \"nosuch\", which no resource defines: it has no such policy")]
    [InlineData("targets: { apps: { a: { circuitBreaker: nosuch } } }", "The resiliency target a names circuitBreaker \"nosuch\", which no resource defines: it has no such policy")]
    [InlineData("policies: { circuitBreakers: { cb: { trip: nosuch > 3 } } }", "The circuit breaker cb never opens: its trip \"nosuch > 3\" cannot be evaluated: Undeclared reference to 'nosuch' in container ''.")]
    [InlineData("policies: { circuitBreakers: { cb: { trip: requests } } }", "The circuit breaker cb never opens: its trip \"requests\" cannot be evaluated: it gives 10, which is not true or false")]
    [InlineData("policies: { retries: { DefaultRetryPolicy: { maxRetries: 1 } } }", "The development sidecar does not apply the default policy DefaultRetryPolicy.")]
    [InlineData("policies: { timeouts: { DefaultAppTimeoutPolicy: 5s } }", "The development sidecar does not apply the default policy DefaultAppTimeoutPolicy.")]
    [InlineData("policies: { circuitBreakers: { DefaultCircuitBreakerPolicy: { } } }", "The development sidecar does not apply the default policy DefaultCircuitBreakerPolicy.")]
    public void Load_AcceptedInSilenceByDaprd_IsWarnedOf(string spec, string warning)
    {
        _setup.LoadSpec("  " + spec);

        Assert.Empty(_setup.Logged(LogLevel.Error));
        Assert.StartsWith(warning, Assert.Single(_setup.Logged(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_TimeoutOnATarget_IsWarnedOfAndNotApplied()
    {
        var policies = _setup.LoadSpec("""
              policies: { timeouts: { t: 1s } }
              targets: { apps: { callee: { timeout: t } } }
            """);
        var answer = new TaskCompletionSource<AttemptResult>();
        var invocation = policies.ForApp("callee").ExecuteAsync("m", true, _ => new ValueTask<AttemptResult>(answer.Task), TestContext.Current.CancellationToken);

        _setup.Time.Advance(TimeSpan.FromHours(1));
        Assert.False(invocation.IsCompleted);
        answer.SetResult(ScriptedApp.Status(200));

        Assert.Equal(200, (await invocation).Status);
        Assert.StartsWith("The resiliency target callee has timeout \"t\", which the development sidecar does not apply.", Assert.Single(_setup.Logged(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("scopes: [caller, x]", 2)]
    [InlineData("scopes: [other]", 1)]
    [InlineData("scopes: [callee]", 1)]
    public async Task Load_EachScope_AppliesToTheNamedCallers(string scopes, int attempts)
    {
        var policies = _setup.Load(Resource("a", "retries: { r: { duration: 1s, maxRetries: 1 } }", "callee: { retry: r }") + "\n" + scopes);

        Assert.Equal(attempts, await AttemptsAsync(policies));
    }

    [Fact]
    public async Task Load_PolicyAndTargetInTwoResources_Meet() => Assert.Equal(3, await AttemptsAsync(_setup.Load(
        Resource("a", "retries: { r: { duration: 1s, maxRetries: 2 } }", ""),
        Resource("b", "timeouts: { }", "callee: { retry: r }"))));

    [Fact]
    public async Task Load_SamePolicyTwice_TakesTheLater() => Assert.Equal(4, await AttemptsAsync(_setup.Load(
        Resource("a", "retries: { r: { duration: 1s, maxRetries: 1 } }", "callee: { retry: r }"),
        Resource("b", "retries: { r: { duration: 1s, maxRetries: 3 } }", ""))));

    [Fact]
    public async Task Load_SameTargetTwice_TakesTheLaterEntryWhole() => Assert.Equal(1, await AttemptsAsync(_setup.Load(
        Resource("a", "retries: { r: { duration: 1s, maxRetries: 2 } }", "callee: { retry: r }"),
        Resource("b", "circuitBreakers: { cb: { } }", "callee: { circuitBreaker: cb }"))));

    [Fact]
    public async Task Load_OneInvalid_KeepsTheOthers() => Assert.Equal(2, await AttemptsAsync(_setup.Load(
        Resource("a", "retries: { r: { duration: abc } }", "callee: { retry: r }"),
        Resource("b", "retries: { r: { duration: 1s, maxRetries: 1 } }", "callee: { retry: r }"))));

    [Fact]
    public void Load_OtherKinds_AreNotRead()
    {
        _setup.Load("kind: Component\nmetadata: { name: c }\nspec: { policies: 5 }");

        Assert.Empty(_setup.Logger.Collector.GetSnapshot());
    }

    [Fact]
    public async Task Load_FieldNamesInOtherCase_AreReadLikeDaprd() => Assert.Equal(2, await AttemptsAsync(_setup.Load(
        Resource("a", "Retries: { r: { Duration: 1s, maxretries: 1 } }", "callee: { Retry: r }"))));

    private static string Resource(string name, string policies, string apps) =>
        $"kind: Resiliency\nmetadata: {{ name: {name} }}\nspec:\n  policies: {{ {policies} }}\n  targets: {{ apps: {{ {apps} }} }}";

    private async Task<int> AttemptsAsync(ResiliencyPolicies policies)
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(503));
        await app.InvokeAsync(policies.ForApp("callee"));
        return app.Attempts;
    }
}
