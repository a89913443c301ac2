using LlmDapr.Contracts;
using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Tests.Scheduling;

public sealed class FairnessTests
{
    [Fact]
    public void Classes_AllWaiting_ShareByWeightAndNoneStarves()
    {
        using var rig = new Rig(options => (options.InteractiveWeight, options.AsyncWeight, options.BatchWeight, options.MaxQueue) = (16, 4, 1, 10_000));
        var slot = rig.Take();
        var waiting = Enumerable.Range(0, 300)
            .SelectMany(_ => new[] { Priorities.Batch, Priorities.Async, Priorities.Interactive })
            .Select(priority => (priority, Admission: rig.Admit(priority: priority)))
            .ToList();

        var went = Went(slot, waiting, 210).GroupBy(priority => priority).ToDictionary(group => group.Key, group => group.Count());

        Assert.InRange(went[Priorities.Interactive], 159, 161);
        Assert.InRange(went[Priorities.Async], 39, 41);
        Assert.InRange(went[Priorities.Batch], 9, 11);
    }

    [Fact]
    public void Interactive_ArrivesBehindABacklog_IsNext()
    {
        using var rig = new Rig();
        var slot = rig.Take();
        var backlog = Enumerable.Range(0, 100).Select(index => (index % 2 == 0 ? Priorities.Batch : Priorities.Async, rig.Admit(priority: index % 2 == 0 ? Priorities.Batch : Priorities.Async))).ToList();
        Went(slot, backlog, 50);
        var interactive = rig.Admit();

        rig.Scheduler.Snapshot();
        Rig.SlotOf(backlog.Select(waiter => waiter.Item2).Single(admission => admission.IsCompleted && Rig.SlotOf(admission) is { IsReleased: false })).Dispose();

        Assert.True(interactive.IsCompleted);
    }

    [Fact]
    public void Tenants_OneFloods_TheOtherIsNotHeldUp()
    {
        using var rig = new Rig();
        var slot = rig.Take();
        var waiting = Enumerable.Range(0, 100).Select(_ => ("loud", rig.Admit(tenant: "loud"))).ToList();
        waiting.AddRange(Enumerable.Range(0, 10).Select(_ => ("quiet", rig.Admit(tenant: "quiet"))));

        var went = Went(slot, waiting, 21);

        Assert.Equal(10, went.Count(tenant => tenant == "quiet"));
    }

    [Fact]
    public void Tenants_OfDifferentRequests_GetTheSameTokens()
    {
        using var rig = new Rig();
        var slot = rig.Take();
        var waiting = Enumerable.Range(0, 100).SelectMany(_ => new[]
        {
            ("large", rig.Admit(tenant: "large", tokens: 4000)),
            ("small", rig.Admit(tenant: "small", tokens: 1000)),
        }).ToList();

        var went = Went(slot, waiting, 100);

        Assert.InRange(went.Count(tenant => tenant == "large"), 19, 21);
    }

    [Fact]
    public void Tenant_ThatWasAway_GetsNoCreditForIt()
    {
        using var rig = new Rig();
        var slot = rig.Take();
        var busy = Enumerable.Range(0, 200).Select(_ => ("busy", rig.Admit(tenant: "busy"))).ToList();
        busy.Add(("late", rig.Admit(tenant: "late")));
        Went(slot, busy, 100);
        slot = busy.Select(waiter => waiter.Item2).Where(admission => admission.IsCompleted).Select(Rig.SlotOf).Single(held => !held.IsReleased);
        busy.AddRange(Enumerable.Range(0, 100).Select(_ => ("late", rig.Admit(tenant: "late"))));

        var went = Went(slot, busy, 40);

        Assert.InRange(went.Count(tenant => tenant == "late"), 19, 21);
    }

    // Lets so many go, one after the other; tells whose they were.
    private static List<string> Went(Slot first, List<(string Whose, Task<Admission> Admission)> waiting, int count)
    {
        var went = new List<string>();
        var left = waiting.Where(waiter => !waiter.Admission.IsCompleted).ToList();
        var slot = first;
        while (went.Count < count)
        {
            slot.Dispose();
            var next = left.Single(waiter => waiter.Admission.IsCompleted);
            left.Remove(next);
            went.Add(next.Whose);
            slot = Rig.SlotOf(next.Admission);
        }

        return went;
    }
}
