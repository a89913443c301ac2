using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Behaviours;

namespace LlmDapr.Simulator.Calls;

/// <summary>
/// When the tokens of one answer are due. Due times add up from the start, so that timers which fire late don't make a stream slower
/// than its tokens per second. Each pause is multiplied by a log-normal factor of median 1: the long tail of a real provider.
/// </summary>
internal sealed class Pace
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly double _jitter;
    private readonly TimeSpan _gap;
    private SplitMix _random;
    private TimeSpan _due;

    public Pace(TimeProvider time, Behaviour behaviour, long ordinal)
    {
        _time = time;
        _start = time.GetTimestamp();
        _jitter = behaviour.Jitter;
        _gap = behaviour.Tps > 0 ? TimeSpan.FromSeconds(1 / behaviour.Tps) : TimeSpan.Zero;
        _random = new SplitMix(SplitMix.At((ulong)behaviour.Seed, (ulong)ordinal));
        _due = Jittered(behaviour.Ttft);
    }

    /// <summary>Time since the request's start at which the next token is due.</summary>
    public TimeSpan Due => _due;

    /// <summary>Time since the request's start.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    /// <summary>Moves on by so many tokens.</summary>
    public void Advance(int tokens = 1)
    {
        if (_gap == TimeSpan.Zero)
        {
            return;
        }

        for (int i = 0; i < tokens; i++)
        {
            _due += Jittered(_gap);
        }
    }

    /// <summary>Waits until the next token is due.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan left = _due - Elapsed;
        return left > TimeSpan.Zero ? Task.Delay(left, _time, cancellationToken) : Task.CompletedTask;
    }

    private TimeSpan Jittered(TimeSpan pause) =>
        _jitter == 0 || pause == TimeSpan.Zero ? pause : pause * Math.Exp(_jitter * _random.NextNormal());
}
