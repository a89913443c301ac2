using LlmDapr.Contracts;

namespace LlmDapr.Benchmarks.Capacity;

/// <summary>What a way of calling has come to.</summary>
internal sealed class Result(string name, Setting setting)
{
    // Longer than nearly every call.
    private const double LastMoments = 20;

    private readonly Dictionary<int, double> _waitOf = [];
    private readonly Dictionary<string, List<double>> _waitsOfAnswered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<double>> _waits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<double>> _answered = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    /// <summary>Requests that were answered within the run.</summary>
    public int Completed { get; private set; }

    /// <summary>Requests that were given up.</summary>
    public int Failed { get; private set; }

    /// <summary>Of these, those that were refused without a call.</summary>
    public int TurnedAway { get; private set; }

    public SimulatedProvider? Provider { get; set; }

    /// <summary>The share of calls that the provider refused, outside of the excused seconds.</summary>
    public double Refused => Share(Provider!.Counted);

    /// <summary>The same over the whole run.</summary>
    public double RefusedInAll => Share((Provider!.Counted.Calls + Provider.Excused.Calls, Provider.Counted.Refused + Provider.Excused.Refused));

    /// <summary>An answer came.</summary>
    /// <param name="request">The request.</param>
    /// <param name="wait">From its arrival to the beginning of the call that answered it.</param>
    /// <param name="now">When it was whole.</param>
    public void Answered(SimulatedRequest request, double wait, double now)
    {
        if (now <= setting.Length)
        {
            Completed++;
            _waitOf[request.Number] = wait;
            List(_answered, request.Priority).Add(now);
        }
    }

    /// <summary>A request was given up.</summary>
    public void GaveUp(bool turnedAway = false)
    {
        Failed++;
        TurnedAway += turnedAway ? 1 : 0;
    }

    /// <summary>
    /// The run is over. Who has got no answer has waited in vain: to the end of the run, not to the moment of giving up, or the quickest way to fail
    /// would look like the shortest wait. Who came in the last moments is left aside.
    /// </summary>
    public void Close(IEnumerable<SimulatedRequest> load)
    {
        foreach (var request in load.Where(request => request.Arrival < setting.Length - LastMoments))
        {
            var isAnswered = _waitOf.TryGetValue(request.Number, out var wait);
            List(_waits, request.Priority).Add(isAnswered ? wait : setting.Length - request.Arrival);
            if (isAnswered)
            {
                List(_waitsOfAnswered, request.Priority).Add(wait);
            }
        }
    }

    /// <summary>A percentile of the waits of all, in vain or not.</summary>
    public double Wait(string priority, double percentile) => Percentile(List(_waits, priority), percentile);

    /// <summary>A percentile of the waits of those who were answered.</summary>
    public double WaitOfAnswered(string priority, double percentile) => Percentile(List(_waitsOfAnswered, priority), percentile);

    public int CompletedOf(string priority) => List(_answered, priority).Count;

    /// <summary>The fewest batch answers in any half minute after the first.</summary>
    public int LeastBatchProgress()
    {
        var answered = List(_answered, Priorities.Batch);
        return Enumerable.Range(1, Math.Max(1, (int)(setting.Length / 30) - 1)).Min(span => answered.Count(at => at >= span * 30 && at < (span + 1) * 30));
    }

    private static double Percentile(List<double> waits, double percentile)
    {
        var ordered = waits.Order().ToList();
        return ordered.Count == 0 ? double.NaN : ordered[Math.Min(ordered.Count - 1, (int)(percentile * ordered.Count))];
    }

    private static double Share((int Calls, int Refused) counts) => counts.Calls == 0 ? 0 : (double)counts.Refused / counts.Calls;

    private static List<double> List(Dictionary<string, List<double>> lists, string priority) =>
        lists.TryGetValue(priority, out var list) ? list : lists[priority] = [];
}
