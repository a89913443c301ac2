using LlmDapr.Contracts;
using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Tests.Scheduling;

public sealed class QueueTests
{
    [Fact]
    public void Admit_NoRoom_WaitsUntilAPlaceIsFree()
    {
        using var rig = new Rig();
        var first = rig.Take();
        var second = rig.Admit();
        Assert.False(second.IsCompleted);

        rig.Advance(3);
        first.Dispose();

        using var slot = Rig.SlotOf(second);
        Assert.Equal(TimeSpan.FromSeconds(3), slot.Waited);
        Assert.Equal(rig.A, slot.Target);
    }

    [Fact]
    public void Dispose_Twice_FreesOnePlace()
    {
        using var rig = new Rig();
        var first = rig.Take();
        var second = rig.Admit();
        var third = rig.Admit();

        first.Dispose();
        first.Dispose();

        Assert.True(second.IsCompleted);
        Assert.False(third.IsCompleted);
        Assert.Equal(1, rig.State().InFlight);
    }

    [Fact]
    public void SlotIsSpokenTo_AfterItsDisposal_NothingHappens()
    {
        using var rig = new Rig();
        var slot = rig.Take();
        slot.Dispose();

        slot.Headers(Rig.Headers(10, 0));
        slot.FirstToken();
        slot.Finish(AttemptOutcome.RateLimited, 10);

        Assert.Null(rig.State().RequestsLeft);
        rig.Take().Dispose();
        rig.AssertAtRest();
    }

    [Fact]
    public async Task Admit_TokenCancelledWhileWaiting_FreesItsPlaceAtOnce()
    {
        using var rig = new Rig(options => options.MaxQueue = 1);
        using var first = rig.Take();
        using var leaving = new CancellationTokenSource();
        var second = rig.Admit(leave: leaving);
        Assert.Equal(503, Rig.ErrorOf(rig.Admit()).Status);

        leaving.Cancel();

        Assert.Equal(0, rig.Waiting);
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(leaving.Token, thrown.CancellationToken);
        var third = rig.Admit();
        Assert.False(third.IsCompleted);
        first.Dispose();
        Rig.SlotOf(third).Dispose();
        rig.AssertAtRest();
    }

    [Fact]
    public async Task Admit_TokenCancelledBefore_ThrowsAndTakesNothing()
    {
        using var rig = new Rig();
        using var leaving = new CancellationTokenSource();
        leaving.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await rig.Admit(leave: leaving));

        Assert.Empty(rig.Scheduler.Snapshot().Queues);
    }

    [Fact]
    public void Admit_QueueFull_Is503WithTheRealWait()
    {
        using var rig = new Rig(options => options.MaxQueue = 10);
        var slot = rig.Take();
        var waiting = Enumerable.Range(0, 10).Select(_ => rig.Admit()).ToList();

        // One place every two seconds.
        for (var i = 0; i < 5; i++)
        {
            rig.Advance(2);
            slot.Dispose();
            slot = Rig.SlotOf(waiting[i]);
            waiting.Add(rig.Admit());
        }

        var error = Rig.ErrorOf(rig.Admit());

        Assert.Equal((503, "overloaded", "overloaded"), (error.Status, error.Type, error.Code));
        Assert.InRange(error.RetryAfter!.Value.TotalSeconds, 18, 30);
        Assert.Contains("Scheduling:MaxQueue", error.Message, StringComparison.Ordinal);
        Assert.Equal(10, rig.Waiting);
    }

    [Fact]
    public void Admit_QueueFilledByBatches_TakesInteractiveStill()
    {
        using var rig = new Rig(options => options.MaxQueue = 10);
        using var slot = rig.Take();
        for (var i = 0; i < 8; i++)
        {
            Assert.False(rig.Admit(priority: Priorities.Batch).IsCompleted);
        }

        Assert.Equal(503, Rig.ErrorOf(rig.Admit(priority: Priorities.Batch)).Status);
        Assert.False(rig.Admit(priority: Priorities.Async).IsCompleted);
        Assert.Equal(503, Rig.ErrorOf(rig.Admit(priority: Priorities.Async)).Status);
        Assert.False(rig.Admit().IsCompleted);
        Assert.Equal(503, Rig.ErrorOf(rig.Admit()).Status);
    }

    [Fact]
    public void Admit_WaitLongerThanTheTimeLeft_IsRefusedAtOnce()
    {
        using var rig = new Rig();
        var slot = rig.Take();
        var waiting = Enumerable.Range(0, 4).Select(_ => rig.Admit()).ToList();
        for (var i = 0; i < 2; i++)
        {
            rig.Advance(5);
            slot.Dispose();
            slot = Rig.SlotOf(waiting[i]);
        }

        var estimate = rig.Scheduler.EstimateWait(Rig.Model, Priorities.Interactive).TotalSeconds;
        Assert.InRange(estimate, 12, 18);

        var error = Rig.ErrorOf(rig.Admit(timeLeft: estimate - 1));
        Assert.Equal(503, error.Status);
        Assert.Equal(estimate, error.RetryAfter!.Value.TotalSeconds, 0.5);
        Assert.False(rig.Admit(timeLeft: estimate + 1).IsCompleted);
        Assert.Equal(3, rig.Waiting);
    }

    [Fact]
    public void Admit_WaitLongerThanMaxWait_IsRefusedAtOnce()
    {
        using var rig = new Rig(options => options.MaxWait = TimeSpan.FromSeconds(1));
        var slot = rig.Take();
        var next = rig.Admit();
        rig.Advance(60);
        slot.Dispose();
        using var second = Rig.SlotOf(next);

        Assert.Contains("Scheduling:MaxWait", Rig.ErrorOf(rig.Admit()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispatch_DeadlinePassedInTheQueue_IsRefusedInsteadOfCalled()
    {
        using var rig = new Rig();
        var slot = rig.Take();
        var late = rig.Admit(timeLeft: 5);
        var patient = rig.Admit();

        rig.Advance(5);
        slot.Dispose();

        Assert.Equal(503, Rig.ErrorOf(late).Status);
        Rig.SlotOf(patient).Dispose();
        rig.AssertAtRest();
    }

    [Fact]
    public void Admit_Models_HaveQueuesOfTheirOwnAndTakeTurns()
    {
        using var rig = new Rig(options => options.MaxQueue = 2);
        var slot = rig.Take();
        var one = new[] { rig.Admit(model: "one"), rig.Admit(model: "one") };
        var two = new[] { rig.Admit(model: "two"), rig.Admit(model: "two") };

        slot.Dispose();
        var order = Drain(one.Concat(two).ToList());

        Assert.Equal(1, order.Take(2).Count(index => index < 2));
        rig.AssertAtRest();
    }

    // Which of them went, in order.
    private static List<int> Drain(List<Task<Admission>> waiting)
    {
        var order = new List<int>();
        while (order.Count < waiting.Count)
        {
            var index = waiting.FindIndex(admission => admission.IsCompleted && !order.Contains(waiting.IndexOf(admission)));
            order.Add(index);
            Rig.SlotOf(waiting[index]).Dispose();
        }

        return order;
    }
}
