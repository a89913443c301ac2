using System.Collections.Concurrent;
using LlmDapr.Edge.Forwarding;
using LlmDapr.Edge.Tests.Hosting;

namespace LlmDapr.Edge.Tests.Forwarding;

public sealed class PathGateTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly WatchedTime _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<ProbeResult> _answers = new();
    private readonly PathGate _gate;
    private int _probes;

    public PathGateTests() => _gate = new PathGate("/hop/x", _ => Task.FromResult(Next()), _time, _stopping.Token);

    [Fact]
    public void Failed_LessThanTwentyInARow_AsksNobody()
    {
        Repeat(PathGate.ProbeAfter - 1, _gate.Failed);
        _gate.Succeeded();
        Repeat(PathGate.ProbeAfter - 1, _gate.Failed);

        Assert.Equal(0, _probes);
        Assert.False(_gate.IsShut);
    }

    [Fact]
    public async Task Failed_TwentyInARow_AsksOnceAndStaysOpen()
    {
        Repeat(PathGate.ProbeAfter, _gate.Failed);

        await Soon.UntilAsync(() => _probes == 1);
        Assert.False(_gate.IsShut);
    }

    [Fact]
    public async Task Failed_AfterAnAnsweredProbe_CountsAnew()
    {
        _answers.Enqueue(ProbeResult.BreakerOpen);
        Repeat(PathGate.ProbeAfter, _gate.Failed);
        await _time.TimersAsync(Second);
        _time.Advance(Second);
        await Soon.UntilAsync(() => !_gate.IsShut);

        Repeat(PathGate.ProbeAfter - 1, _gate.Failed);
        Assert.Equal(2, _probes);
        _gate.Failed();

        await Soon.UntilAsync(() => _probes == 3);
    }

    [Fact]
    public async Task Failed_ProbeSaysThatTheBreakerIsOpen_IsShut()
    {
        _answers.Enqueue(ProbeResult.BreakerOpen);
        Repeat(PathGate.ProbeAfter, _gate.Failed);

        await Soon.UntilAsync(() => _gate.IsShut);
    }

    [Fact]
    public async Task Shut_UntilAnswered_AsksOnceASecond()
    {
        foreach (var answer in new[] { ProbeResult.BreakerOpen, ProbeResult.Failed, ProbeResult.BreakerOpen })
        {
            _answers.Enqueue(answer);
        }

        _gate.Shut();
        for (var asked = 1; asked <= 3; asked++)
        {
            await _time.TimersAsync(Second, asked);
            Assert.Equal(asked, _probes);
            Assert.True(_gate.IsShut);
            _gate.Shut();
            _time.Advance(Second - TimeSpan.FromMilliseconds(1));
            Assert.Equal(asked, _probes);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await Soon.UntilAsync(() => !_gate.IsShut);
        Assert.Equal(4, _probes);
    }

    [Fact]
    public async Task Shut_Again_AsksAgain()
    {
        _gate.Shut();
        await Soon.UntilAsync(() => !_gate.IsShut);

        _gate.Shut();

        await Soon.UntilAsync(() => !_gate.IsShut);
        Assert.Equal(2, _probes);
    }

    [Fact]
    public async Task Shut_WhileStopping_AsksNobody()
    {
        await _stopping.CancelAsync();

        _gate.Shut();

        Assert.True(_gate.IsShut);
        Assert.Equal(0, _probes);
    }

    public void Dispose() => _stopping.Dispose();

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }

    private ProbeResult Next()
    {
        var result = _answers.TryDequeue(out var answer) ? answer : ProbeResult.Answered;
        Interlocked.Increment(ref _probes);
        return result;
    }
}
