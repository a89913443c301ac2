namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// A limit that follows the time to the first token, for providers that queue instead of refusing: when it rises above its long-term average, calls wait
/// at the provider, and fewer are sent. Whole latency would not do, since it follows the answers' length. Losses lower it as well.
/// Source: the "gradient 2" of Netflix's concurrency-limits.
/// </summary>
internal sealed class GradientLimit(int start, int min, int max) : ConcurrencyLimit
{
    private const double Tolerance = 1.5;
    // A round trip has as many samples as the limit says: over one, the limit makes most of the wanted change.
    private const double Gain = 1;
    private const double LossDecrease = 0.8;
    private const double ShortWeight = 0.1;
    private const double LongWeight = 0.002;
    private const int WarmUp = 10;

    private double _limit = start;
    private double _short;
    private double _long;
    private int _samples;
    private long _lastSent;
    private long _decreasedAt = -1;

    public override double Value => _limit;

    public override void Sent(CallMark call) => _lastSent = call.Sequence;

    public override void FirstToken(double after, int inFlight)
    {
        _samples++;
        if (_samples <= WarmUp)
        {
            _short = _long += (after - _long) / _samples;
            return;
        }

        _short += (after - _short) * ShortWeight;
        _long += (after - _long) * LongWeight;

        // After a long congestion the average itself is too high: it must not hold on to it.
        if (_long > 2 * _short)
        {
            _long *= 0.95;
        }

        // A limit that is not used says nothing.
        if (inFlight < _limit / 2)
        {
            return;
        }

        var gradient = Math.Clamp(Tolerance * _long / Math.Max(1e-6, _short), 0.5, 1);
        var wanted = (_limit * gradient) + Math.Sqrt(_limit);
        _limit = Math.Clamp(_limit + ((wanted - _limit) * Math.Min(1, Gain / _limit)), min, max);
    }

    public override void Lost(CallMark call, double now)
    {
        if (call.Sequence > _decreasedAt)
        {
            _decreasedAt = _lastSent;
            _limit = Math.Max(min, _limit * LossDecrease);
        }
    }
}
