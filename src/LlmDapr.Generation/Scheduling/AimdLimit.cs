namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// A limit that losses lower and taken calls raise, with a memory of where the losses happened.
/// <para>
/// A plain AIMD pays for its knowledge again and again: it climbs until it is refused, falls far, and climbs. Here a refusal is read together with the
/// number of calls in flight when the call was sent (its rank):
/// - at a rank that was never confirmed, the ceiling has been found: the limit goes to just below that rank, and stays. It is only left by a probe,
///   one single call above the limit, at intervals that double while probes fail;
/// - at a rank that was confirmed before, the world has changed (the provider has less, or others use more of it): multiplicative decrease, and what
///   was confirmed is forgotten;
/// - of a call sent before the last decrease it says nothing new: one back-off a round trip.
/// The limit grows only while it is used up, by one for each call taken, and slowly near the rank of the last refusal.
/// </para>
/// </summary>
internal sealed class AimdLimit(int start, int min, int max) : ConcurrencyLimit
{
    private const double Decrease = 0.7;
    private const double FirstProbe = 4;
    private const double LastProbe = 30;

    private double _limit = start;

    // The lowest rank that is known to be refused; no such knowledge: int.MaxValue.
    private int _bad = int.MaxValue;

    // The highest rank that was taken since the last multiplicative decrease.
    private int _good;
    private int _lossesInRow;
    private long _lastSent;
    private long _decreasedAt = -1;
    private double _probeInterval = FirstProbe;
    private double _probeAt;
    private long? _probe;

    public override double Value => _limit;

    public override bool HasRoom(int inFlight, double now) => inFlight < (int)_limit || IsProbeDue(inFlight, now);

    public override void Sent(CallMark call)
    {
        _lastSent = call.Sequence;
        if (call.Rank > (int)_limit)
        {
            _probe = call.Sequence;
        }
    }

    public override void Taken(CallMark call, int inFlight, double now)
    {
        if (call.Sequence <= _decreasedAt)
        {
            return;
        }

        _good = Math.Max(_good, call.Rank);
        if (call.Rank >= (int)_limit)
        {
            _lossesInRow = 0;
        }

        if (call.Sequence == _probe)
        {
            // More was there than we knew; how much more, growth finds out.
            (_probe, _bad, _probeInterval) = (null, int.MaxValue, FirstProbe);
            _limit = Math.Min(max, Math.Max(_limit, call.Rank));
        }
        else if (inFlight >= (int)_limit)
        {
            Grow(now);
        }
    }

    public override void Lost(CallMark call, double now)
    {
        if (call.Sequence == _probe)
        {
            _probe = null;
            _bad = Math.Min(_bad, call.Rank);
            _probeInterval = Math.Min(LastProbe, _probeInterval * 2);
            _probeAt = now + _probeInterval;
            return;
        }

        if (call.Sequence <= _decreasedAt)
        {
            // The first refusal of a burst need not be the lowest one.
            if (_lossesInRow == 1 && call.Rank > _good && call.Rank <= _limit)
            {
                Lower(call.Rank - 1, call.Rank, now);
            }

            return;
        }

        _decreasedAt = _lastSent;
        if (call.Rank > _good)
        {
            // The second refusal in a row, with nothing taken between, means that the first guess was too high.
            var limit = _lossesInRow == 0 ? Math.Min(_limit, call.Rank - 1) : Math.Max(Math.Max(_good, (_good + call.Rank) / 2), Decrease * call.Rank);
            Lower(limit, call.Rank, now);
        }
        else
        {
            // Few in flight say little about the limit: one refusal must not throttle a target that is hardly used.
            _good = 0;
            Lower((call.Rank >= _limit / 2 ? Math.Min(_limit, call.Rank) : _limit) * Decrease, call.Rank, now);
        }

        _lossesInRow++;
    }

    public override void Ended(CallMark call)
    {
        if (call.Sequence == _probe)
        {
            _probe = null;
        }
    }

    public override void Raised() => (_bad, _probeInterval, _lossesInRow) = (int.MaxValue, FirstProbe, 0);

    private bool IsProbeDue(int inFlight, double now) =>
        _probe is null && _bad < int.MaxValue && inFlight == (int)_limit && inFlight < max && inFlight + 1 >= _bad && now >= _probeAt;

    private void Lower(double limit, int refusedRank, double now)
    {
        _limit = Math.Max(min, limit);
        _bad = Math.Max(refusedRank, (int)_limit + 1);
        _probeInterval = FirstProbe;
        _probeAt = now + _probeInterval;
    }

    private void Grow(double now)
    {
        if (_bad == int.MaxValue)
        {
            _limit = Math.Min(max, _limit + 1);
            return;
        }

        var room = _bad - 1 - _limit;
        if (room > 0)
        {
            _limit = Math.Min(max, _limit + Math.Min(room, Math.Clamp(room / (0.2 * _bad), 1 / _limit, 1)));
            _probeAt = now + _probeInterval;
        }
    }
}
