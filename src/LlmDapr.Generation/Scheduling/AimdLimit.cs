namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// A limit that losses lower and taken calls raise, with a memory of where the losses happened.
/// <para>
/// A plain AIMD pays for its knowledge again and again: it climbs until it is refused, falls far, and climbs. Here a refusal is read together with the
/// number of calls in flight when the call was sent (its rank):
/// - the first refusal near the limit has found the ceiling: the limit goes to just below its rank, and stays. It is only left by a probe, one single call
///   above the limit, at intervals that double while probes fail;
/// - another one, with nothing taken at the lower limit between, means that the world has changed (the provider has less, or others use more of it):
///   multiplicative decrease, and what was confirmed is forgotten;
/// - of a call sent before the last decrease it says nothing new: one back-off a round trip.
/// The limit grows only while it is used up, by one for each call taken, and slowly near the rank of the last refusal.
/// </para>
/// </summary>
internal sealed class AimdLimit(int start, int min, int max) : ConcurrencyLimit
{
    private const double Decrease = 0.7;
    private const double Near = 0.9;
    private const double FirstProbe = 5;
    private const double LastProbe = 40;

    // Well below what was possible lately, the shortage is likely to pass: the ceiling is asked for more often.
    private const double LastProbeInShortage = 10;
    private const double Shortage = 0.75;
    private const double ShortageMemory = 300;

    // Our count is as old as the way to the provider is long: a refusal or two near the ceiling are no news.
    private const int GentleLosses = 2;

    private double _limit = start;

    // The lowest rank that is known to be refused; no such knowledge: int.MaxValue.
    private int _bad = int.MaxValue;

    // The highest rank that was taken since the last multiplicative decrease.
    private int _good;

    // The highest rank that was taken lately.
    private int _best;
    private double _bestUntil;

    // The rank of the last probe that was taken.
    private int _explored;
    private int _lossesInRow;
    private long _lastSent;
    private long _decreasedAt = -1;
    private double _probeInterval = FirstProbe;
    private double _probeAt;
    private long? _probe;

    // While a ceiling is being left: how far it is moved next, and after how many calls more at the limit.
    private int _step;
    private int _toConfirm;
    private bool _isToldOf;

    public override double Value => _limit;

    public override bool HasRoom(int inFlight, double now) => inFlight < (int)_limit || (IsAtCeiling(inFlight) && now >= _probeAt);

    public override double UntilRoom(int inFlight, double now) => IsAtCeiling(inFlight) ? Math.Max(0, _probeAt - now) : double.PositiveInfinity;

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
        if (_good >= _best || now > _bestUntil)
        {
            (_best, _bestUntil) = (_good, now + ShortageMemory);
        }

        if (call.Rank >= (int)_limit)
        {
            _lossesInRow = 0;
        }

        if (call.Sequence == _probe)
        {
            // Perhaps there is more than we knew; or another call ended while this one was on its way.
            _probe = null;
            _limit = Math.Min(max, Math.Max(_limit, call.Rank));
            (_bad, _explored, _step) = ((int)_limit + 1, call.Rank, 1);
            _toConfirm = Confirmations;
        }
        else if (inFlight >= (int)_limit)
        {
            if (_step > 0 && call.Rank >= (int)_limit && --_toConfirm <= 0)
            {
                // The higher limit holds: on, in steps that double, or to what was possible before the shortage.
                (_bad, _explored, _step) = (IsShortage(now) ? _best + 1 : _bad + _step, (int)_limit, _step * 2);
                _toConfirm = Confirmations;
            }

            Grow(now);
        }
    }

    public override void Lost(CallMark call, double now)
    {
        if (call.Sequence == _probe)
        {
            _probe = null;
            _bad = Math.Min(_bad, call.Rank);
            _probeInterval = NextInterval(now);
            _probeAt = now + _probeInterval;
            return;
        }

        if (call.Sequence <= _decreasedAt)
        {
            // The first refusal of a burst need not be the lowest one.
            if (_lossesInRow == 1 && call.Rank > _good && call.Rank <= _limit)
            {
                Lower(call.Rank - 1, call.Rank, _probeInterval, now);
            }

            return;
        }

        _decreasedAt = _lastSent;
        var isNear = call.Rank >= Near * (int)_limit;
        if (_lossesInRow == 0 ? isNear || call.Rank > _good : _lossesInRow < GentleLosses && isNear)
        {
            // A probe that was taken because another call ended on its way has shown no more than that.
            var interval = _explored > 0 && call.Rank <= _explored + 2 ? NextInterval(now) : FirstProbe;
            Lower(Math.Min(_limit, call.Rank - 1 - _lossesInRow), call.Rank - _lossesInRow, interval, now);
        }
        else if (call.Rank > _good)
        {
            Lower(Math.Max(Math.Max(_good, (_good + call.Rank) / 2), Decrease * call.Rank), call.Rank, FirstProbe, now);
        }
        else
        {
            // Few in flight say little about the limit: one refusal must not throttle a target that is hardly used.
            _good = 0;
            Lower((call.Rank >= _limit / 2 ? Math.Min(_limit, call.Rank) : _limit) * Decrease, call.Rank, FirstProbe, now);
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

    public override void Told(LimitChange change)
    {
        // Less is found out by refusals. More is looked for at once; and a provider that told of the shortage will tell of its end.
        _isToldOf = change == LimitChange.Lowered;
        if (change == LimitChange.Raised)
        {
            (_bad, _probeInterval, _lossesInRow, _explored, _step) = (int.MaxValue, FirstProbe, 0, 0, 0);
        }
    }

    private int Confirmations => Math.Max(3, (int)(_limit / 4));

    private bool IsAtCeiling(int inFlight) =>
        _probe is null && _bad < int.MaxValue && inFlight == (int)_limit && inFlight < max && inFlight + 1 >= _bad;

    private bool IsShortage(double now) => now <= _bestUntil && _limit < Shortage * _best;

    private double NextInterval(double now) => Math.Min(!_isToldOf && IsShortage(now) ? LastProbeInShortage : LastProbe, _probeInterval * 2);

    private void Lower(double limit, int refusedRank, double probeInterval, double now)
    {
        _limit = Math.Max(min, limit);
        _bad = Math.Max(refusedRank, (int)_limit + 1);
        _step = 0;
        _probeInterval = probeInterval;
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
            _limit = Math.Min(max, _limit + Math.Min(room, _step > 0 ? 1 : Math.Clamp(room / (0.2 * _bad), 1 / _limit, 1)));
            _probeAt = now + _probeInterval;
        }
    }
}
