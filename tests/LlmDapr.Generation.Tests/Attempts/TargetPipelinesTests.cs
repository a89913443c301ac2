using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Catalog;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Generation.Tests.Attempts;

public sealed class TargetPipelinesTests
{
    private static readonly Target A = SampleAttempts.Target("a");

    private readonly FakeTimeProvider _time = new();
    private readonly AttemptOptions _options = new() { BreakerThreshold = 4, BreakerWindow = TimeSpan.FromMinutes(2), BreakerPause = TimeSpan.FromSeconds(8) };
    private readonly TargetPipelines _targets;

    public TargetPipelinesTests() => _targets = new TargetPipelines(Options.Create(_options), _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("500")]
    [InlineData("503")]
    [InlineData("408")]
    [InlineData("broken")]
    [InlineData("unreachable")]
    public async Task RunAsync_TargetsFaults_OpenItsBreakerAlone(string kind)
    {
        await FailAsync(3, kind);
        Assert.False(_targets.IsOpen(A));
        await FailAsync(1, kind);

        Assert.True(_targets.IsOpen(A));
        Assert.Equal([A], _targets.Open());
        Assert.False(_targets.IsOpen(SampleAttempts.Target("b")));
        Assert.Equal(AttemptFault.BreakerOpen, Assert.IsType<Attempt.Failed>(await RunAsync("200")).Fault);
    }

    [Theory]
    [InlineData("400")]
    [InlineData("401")]
    [InlineData("429")]
    [InlineData("quota")]
    [InlineData("large")]
    [InlineData("200")]
    public async Task RunAsync_NoFaultOfTheTarget_NeverOpensIt(string kind)
    {
        await FailAsync(50, kind);

        Assert.False(_targets.IsOpen(A));
    }

    [Fact]
    public async Task RunAsync_CallersLeave_NeverOpenIt()
    {
        for (var i = 0; i < 50; i++)
        {
            using var leave = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var call = _targets.RunAsync(A, Timeout.InfiniteTimeSpan, NeverAsync, leave.Token);
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        Assert.False(_targets.IsOpen(A));
    }

    [Fact]
    public async Task RunAsync_ClockRunsOut_IsATimeoutAndCountsAgainstTheTarget()
    {
        for (var i = 0; i < 4; i++)
        {
            var call = _targets.RunAsync(A, TimeSpan.FromSeconds(10), NeverAsync, Ct);
            _time.Advance(TimeSpan.FromSeconds(9.9));
            Assert.False(call.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(0.1));
            Assert.Equal(AttemptFault.TimedOut, Assert.IsType<Attempt.Failed>(await call).Fault);
        }

        Assert.True(_targets.IsOpen(A));
    }

    [Fact]
    public async Task RunAsync_NoClock_WaitsAsLongAsItTakes()
    {
        var answer = new TaskCompletionSource<Attempt>();
        var call = _targets.RunAsync(A, Timeout.InfiniteTimeSpan, _ => answer.Task, Ct);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(call.IsCompleted);
        answer.SetResult(SampleAttempts.Of("a", "200"));

        Assert.IsType<Attempt.Plain>(await call);
    }

    [Fact]
    public async Task Breaker_PauseOver_ProbesOnceAndCloses()
    {
        await FailAsync(4, "503");
        _time.Advance(TimeSpan.FromSeconds(7.9));
        Assert.True(_targets.IsOpen(A));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(_targets.IsOpen(A));

        var probe = new TaskCompletionSource<Attempt>();
        var probing = await BeginAsync(probe.Task);
        Assert.Equal(AttemptFault.BreakerOpen, Assert.IsType<Attempt.Failed>(await RunAsync("200")).Fault);
        probe.SetResult(SampleAttempts.Of("a", "200"));
        await probing;

        Assert.IsType<Attempt.Plain>(await RunAsync("200"));
    }

    [Fact]
    public async Task Breaker_ProbeFails_IsOpenForAnotherPause()
    {
        await FailAsync(4, "503");
        _time.Advance(TimeSpan.FromSeconds(8));
        await FailAsync(1, "503");

        Assert.True(_targets.IsOpen(A));
        _time.Advance(TimeSpan.FromSeconds(8));
        Assert.IsType<Attempt.Plain>(await RunAsync("200"));
        Assert.IsType<Attempt.Plain>(await RunAsync("200"));
    }

    [Fact]
    public async Task Breaker_ProbeTakesMinutes_LetsAnotherThroughAfterEachPause()
    {
        await FailAsync(4, "503");
        _time.Advance(TimeSpan.FromSeconds(8));
        var probe = new TaskCompletionSource<Attempt>();
        var probing = await BeginAsync(probe.Task);
        _time.Advance(TimeSpan.FromSeconds(7.9));
        Assert.Equal(AttemptFault.BreakerOpen, Assert.IsType<Attempt.Failed>(await RunAsync("200")).Fault);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        // A second probe fails: everyone waits for the next pause.
        Assert.Equal(503, Assert.IsType<Attempt.Plain>(await RunAsync("503")).Status);
        Assert.Equal(AttemptFault.BreakerOpen, Assert.IsType<Attempt.Failed>(await RunAsync("200")).Fault);

        // A third one succeeds: the breaker is closed while the first is still out.
        _time.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(200, Assert.IsType<Attempt.Plain>(await RunAsync("200")).Status);
        Assert.Equal(200, Assert.IsType<Attempt.Plain>(await RunAsync("200")).Status);
        probe.SetResult(SampleAttempts.Of("a", "200"));
        await probing;
        Assert.Equal(200, Assert.IsType<Attempt.Plain>(await RunAsync("200")).Status);
    }

    private static async Task<Attempt> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException("never");
    }

    private Task<Attempt> RunAsync(string kind) => _targets.RunAsync(A, Timeout.InfiniteTimeSpan, _ => Task.FromResult(SampleAttempts.Of("a", kind)), Ct);

    // Returns when the call has reached its target.
    private async Task<Task<Attempt>> BeginAsync(Task<Attempt> answer)
    {
        var begun = new TaskCompletionSource();
        var call = _targets.RunAsync(
            A,
            Timeout.InfiniteTimeSpan,
            _ =>
            {
                begun.SetResult();
                return answer;
            },
            Ct);
        await begun.Task;
        return call;
    }

    private async Task FailAsync(int times, string kind)
    {
        for (var i = 0; i < times; i++)
        {
            await RunAsync(kind);
        }
    }
}
