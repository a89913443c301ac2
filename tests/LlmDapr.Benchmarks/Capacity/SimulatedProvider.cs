using System.Globalization;

namespace LlmDapr.Benchmarks.Capacity;

/// <summary>
/// A provider with places for so many calls at once, which it does not tell, and requests and tokens a minute that refill continuously and are told by
/// headers. A refused call takes nothing; any other is charged whole when it is taken, also one that then fails.
/// </summary>
internal sealed class SimulatedProvider(Setting setting, VirtualClock clock)
{
    private readonly Bucket _requests = new(setting.RequestsPerMinute);
    private readonly Bucket _tokens = new(setting.TokensPerMinute);
    private double _scale = 1;

    public int InFlight { get; private set; }

    public int Limit => (int)(setting.Concurrency * _scale);

    /// <summary>Calls that were taken or refused, in the excused seconds and outside of them.</summary>
    public (int Calls, int Refused) Excused { get; private set; }

    public (int Calls, int Refused) Counted { get; private set; }

    public int MostInFlight { get; private set; }

    /// <summary>When places or budget may have become free.</summary>
    public event Action? Freed;

    public void Scale(double scale)
    {
        Refill();
        _scale = scale;
        if (setting.HalvesBudgets)
        {
            _requests.Scale(scale);
            _tokens.Scale(scale);
        }

        Freed?.Invoke();
    }

    /// <summary>Whether a call would be taken now: the oracle's knowledge. When not, the seconds until the budgets would allow it.</summary>
    public bool CanTake(int tokens, out double wait)
    {
        Refill();
        wait = Math.Max(_requests.Until(1), _tokens.Until(tokens));
        return InFlight < Limit && wait <= 0;
    }

    /// <summary>Takes a call, or refuses it: the headers in any case.</summary>
    public (bool Taken, string[][] Headers) Take(int tokens)
    {
        Refill();
        var (taken, headers) = Decide(tokens);
        if (setting.IsExcused(clock.Seconds))
        {
            Excused = (Excused.Calls + 1, Excused.Refused + (taken ? 0 : 1));
        }
        else
        {
            Counted = (Counted.Calls + 1, Counted.Refused + (taken ? 0 : 1));
        }

        return (taken, headers);
    }

    public void Leave()
    {
        InFlight--;
        Freed?.Invoke();
    }

    private (bool Taken, string[][] Headers) Decide(int tokens)
    {
        // As OpenAI-compatible servers do it: who is over the number of calls at once gets to know nothing but that.
        if (InFlight >= Limit)
        {
            return (false, [["retry-after", "1"]]);
        }

        var wait = Math.Max(_requests.Until(1), _tokens.Until(tokens));
        if (wait > 0)
        {
            return (false, [.. _requests.Headers("requests"), .. _tokens.Headers("tokens"), ["retry-after-ms", Math.Ceiling(wait * 1000).ToString(CultureInfo.InvariantCulture)], ["retry-after", Math.Ceiling(wait).ToString(CultureInfo.InvariantCulture)]]);
        }

        InFlight++;
        MostInFlight = Math.Max(MostInFlight, InFlight);
        _requests.Take(1);
        _tokens.Take(tokens);
        return (true, [.. _requests.Headers("requests"), .. _tokens.Headers("tokens")]);
    }

    private void Refill()
    {
        _requests.Refill(clock.Seconds);
        _tokens.Refill(clock.Seconds);
    }

    private sealed class Bucket
    {
        private readonly double _full;
        private double _limit;
        private double _left;
        private double _at;

        public Bucket(double perMinute) => _full = _limit = _left = perMinute;

        public void Scale(double scale)
        {
            _limit = _full * scale;
            _left = Math.Min(_left, _limit);
        }

        public void Refill(double now)
        {
            _left = Math.Min(_limit, _left + ((now - _at) * _limit / 60));
            _at = now;
        }

        public double Until(double amount) => _left + 1e-9 >= amount ? 0 : ((amount - _left) / (_limit / 60)) + 1e-6;

        public void Take(double amount) => _left -= amount;

        public string[][] Headers(string kind) =>
        [
            [$"x-ratelimit-limit-{kind}", _limit.ToString("0", CultureInfo.InvariantCulture)],
            [$"x-ratelimit-remaining-{kind}", Math.Floor(_left).ToString("0", CultureInfo.InvariantCulture)],
            [$"x-ratelimit-reset-{kind}", GoText((_limit - _left) / _limit * 60)],
        ];

        private static string GoText(double seconds)
        {
            var ms = (long)Math.Ceiling(seconds * 1000);
            return ms < 1000 ? string.Create(CultureInfo.InvariantCulture, $"{ms}ms")
                : ms < 60_000 ? string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.###}s")
                : string.Create(CultureInfo.InvariantCulture, $"{ms / 60_000}m{ms % 60_000 / 1000.0:0.###}s");
        }
    }
}
