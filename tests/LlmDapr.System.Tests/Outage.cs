using System.Globalization;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>Calls at even distances while the primary is out and then well again.</summary>
/// <param name="Calls">How many.</param>
/// <param name="Apart">From one call's start to the next one's.</param>
/// <param name="Lasts">The outage, as the primary's <c>for=</c> says.</param>
/// <param name="BackWithin">From the outage's end to the first call that the primary answers.</param>
internal sealed record Outage(int Calls, TimeSpan Apart, TimeSpan Lasts, TimeSpan BackWithin)
{
    /// <summary>All calls are answered, the primary is left alone while it is out, and back in its place soon after.</summary>
    public async Task RunAsync(RunningSystem system, FaultRow row, bool stream, CancellationToken cancellationToken)
    {
        var calls = new List<Task<FaultOutcome>>();
        using (var beat = new PeriodicTimer(Apart))
        {
            do
            {
                calls.Add(FaultOutcome.CallAsync(system, row.Model(stream), stream, cancellationToken));
            }
            while (calls.Count < Calls && await beat.WaitForNextTickAsync(cancellationToken));
        }

        var outcomes = await Task.WhenAll(calls);
        Assert.All(outcomes, outcome => outcome.IsWholeAnswer());

        var primary = row.Primary(stream);
        Assert.Equal(row.Healthy(stream), outcomes[0].Model);

        // Not each of the last: where calls overlap, one more than the primary's limit, which has to grow again, goes to the fallback.
        Assert.Contains(outcomes.TakeLast(6), outcome => outcome.Model == primary);
        var arrivals = await system.Simulator.ArrivalsAsync(primary, cancellationToken);
        var times = string.Join(' ', arrivals.Select(at => (at - arrivals[0]).ToString(CultureInfo.InvariantCulture)));
        var back = arrivals.First(at => at - arrivals[0] >= Lasts.TotalMilliseconds) - arrivals[0] - Lasts.TotalMilliseconds;
        Assert.True(back <= BackWithin.TotalMilliseconds, $"back after {back} ms; calls at the primary (ms): {times}");

        // Without a breaker, each call during the outage would reach it twice.
        var during = arrivals.Count(at => at - arrivals[0] < Lasts.TotalMilliseconds);
        Assert.True(during < Lasts / Apart, $"{during} calls during the outage, at (ms): {times}");
    }
}
