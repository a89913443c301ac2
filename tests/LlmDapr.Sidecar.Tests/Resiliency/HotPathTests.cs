using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Tests.Resiliency;

/// <summary>What policies cost an invocation that ends with its first attempt. Bytes, not time: they are the same on every machine (limits are for Debug, whose async methods allocate more).</summary>
public sealed class HotPathTests
{
    private static readonly Func<CancellationToken, ValueTask<AttemptResult>> Answer = static _ => ValueTask.FromResult(ScriptedApp.Status(200));
    private readonly PolicySetup _setup = new();

    [Theory]
    [InlineData("caller", 120)]
    [InlineData("other", 350)]
    [InlineData("callee", 1400)]
    public async Task ExecuteAsync_FirstAttemptSucceeds_AllocatesLittle(string appId, long mostBytes)
    {
        var policies = _setup.LoadSpec("""
              policies: { retries: { r: { maxRetries: 3 } }, circuitBreakers: { cb: { } } }
              targets: { apps: { callee: { retry: r, circuitBreaker: cb } } }
            """);
        const int Calls = 1000;
        await InvokeAsync(policies, appId, Calls);

        var before = GC.GetAllocatedBytesForCurrentThread();
        await InvokeAsync(policies, appId, Calls);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;

        Assert.InRange(bytes, 0, mostBytes);
    }

    private static async Task InvokeAsync(ResiliencyPolicies policies, string appId, int calls)
    {
        // Every attempt is complete when it returns, so all of this stays on one thread.
        for (var n = 0; n < calls; n++)
        {
            await policies.ForApp(appId).ExecuteAsync("hop", true, Answer, CancellationToken.None);
        }
    }
}
