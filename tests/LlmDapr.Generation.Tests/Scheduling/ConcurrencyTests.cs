using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Tests.Scheduling;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task ManyThreads_AdmitLeaveAndDisposeAtOnce_EndAtRest()
    {
        using var rig = new Rig(options => (options.Limiter, options.StartLimit, options.MaxLimit) = (LimiterKind.Aimd, 4, 16));
        var most = 0;
        var held = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, 20_000), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken }, async (index, _) =>
        {
            using var leave = new CancellationTokenSource();
            var admission = rig.Admit(tenant: $"t{index % 7}", leave: leave);
            var leaving = index % 3 == 0 ? Task.Run(leave.Cancel, CancellationToken.None) : Task.CompletedTask;
            try
            {
                if (await admission is Admission.Granted { Slot: var slot })
                {
                    InterlockedMax(ref most, Interlocked.Increment(ref held));
                    if (index % 5 == 0)
                    {
                        slot.FirstToken();
                        slot.Finish(AttemptOutcome.Success, 100);
                    }

                    Interlocked.Decrement(ref held);
                    await Task.WhenAll(Task.Run(slot.Dispose, CancellationToken.None), Task.Run(slot.Dispose, CancellationToken.None));
                }
            }
            catch (OperationCanceledException)
            {
            }

            await leaving;
        });

        rig.AssertAtRest();
        Assert.InRange(most, 1, 16);
    }

    [Fact]
    public async Task Continuations_NeverRunInsideTheLock()
    {
        using var rig = new Rig();
        var slot = rig.Take();
        var waiting = rig.Admit();
        var continued = waiting.ContinueWith(_ => Task.Run(() => rig.Waiting).GetAwaiter().GetResult(), TestContext.Current.CancellationToken, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        slot.Dispose();

        Assert.Equal(0, await continued);
        Rig.SlotOf(waiting).Dispose();
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, value, seen) == seen)
            {
                return;
            }
        }
    }
}
