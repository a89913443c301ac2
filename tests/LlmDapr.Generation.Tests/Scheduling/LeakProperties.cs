using CsCheck;
using LlmDapr.Contracts;
using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Tests.Scheduling;

/// <summary>Whatever is done in whatever order: at the end nothing is held, and at no time more than allowed.</summary>
public sealed class LeakProperties
{
    private static readonly string[] Classes = [Priorities.Interactive, Priorities.Async, Priorities.Batch];

    // What is done, to whom, with which detail.
    private static readonly Gen<(int What, int Whom, int Detail)[]> Steps = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 1000], Gen.Int[0, 1000]).Array[1, 120];

    [Theory]
    [InlineData(LimiterKind.Aimd)]
    [InlineData(LimiterKind.Gradient)]
    [InlineData(LimiterKind.Fixed)]
    public void AnySequence_EndsAtRest(object limiter) => Steps.Sample(steps => Play(steps, (LimiterKind)limiter), iter: 700);

    private static void Play((int What, int Whom, int Detail)[] steps, LimiterKind limiter)
    {
        using var rig = new Rig(options => (options.Limiter, options.StartLimit, options.MaxLimit, options.MaxQueue) = (limiter, 3, 6, 8));
        var calls = new List<(Task<Admission> Admission, CancellationTokenSource Leave)>();
        foreach (var (what, whom, detail) in steps)
        {
            var held = calls.Where(call => call.Admission.IsCompletedSuccessfully).Select(call => call.Admission.GetAwaiter().GetResult()).OfType<Admission.Granted>().Select(granted => granted.Slot).ToList();
            var slot = held.Count == 0 ? null : held[whom % held.Count];
            switch (what)
            {
                case 0 or 1 or 2 or 3:
                    var leave = new CancellationTokenSource();
                    Candidate[] candidates = (detail % 4) switch
                    {
                        0 => [new Candidate(rig.A, 0, 1)],
                        1 => [new Candidate(rig.A, 0, 1), new Candidate(rig.B, 1, 1)],
                        2 => [new Candidate(rig.B, 0, 2), new Candidate(rig.A, 0, 1)],
                        _ => [new Candidate(rig.B, 0, 1)],
                    };
                    calls.Add((rig.Admit($"t{whom % 3}", Classes[detail % 3], detail, detail % 5 == 0 ? 1 + (whom % 20) : null, $"m{whom % 2}", candidates, leave), leave));
                    break;
                case 4 when calls.Count > 0:
                    calls[whom % calls.Count].Leave.Cancel();
                    break;
                case 5 or 6:
                    slot?.Dispose();
                    break;
                case 7:
                    slot?.Finish((AttemptOutcome)(detail % 7), detail % 2 == 0 ? detail : null);
                    break;
                case 8:
                    slot?.FirstToken();
                    break;
                case 9:
                    slot?.Headers([.. Rig.Headers(100, detail % 101), .. Rig.Headers(10_000, detail * 10, "tokens"), .. detail % 3 == 0 ? [["retry-after-ms", $"{detail}"]] : Array.Empty<string[]>()]);
                    break;
                default:
                    rig.Advance(detail / 100.0);
                    break;
            }

            Check(rig, calls);
        }

        foreach (var (_, leave) in calls.Where((_, index) => index % 2 == 0))
        {
            leave.Cancel();
        }

        // Whoever still waits must get its turn: nobody is forgotten.
        for (var round = 0; calls.Exists(call => !call.Admission.IsCompleted) || round == 0; round++)
        {
            // A minute for each that waits for nearly all of a budget.
            Assert.True(round < 2000, "Somebody waits for ever.");
            calls.ForEach(call => Release(call.Admission));
            rig.Advance(1);
        }

        calls.ForEach(call => Release(call.Admission));
        calls.ForEach(call => call.Leave.Dispose());
        rig.AssertAtRest();
    }

    private static void Release(Task<Admission> admission)
    {
        if (admission.IsCompletedSuccessfully && admission.GetAwaiter().GetResult() is Admission.Granted granted)
        {
            granted.Slot.Dispose();
            granted.Slot.Dispose();
        }
    }

    private static void Check(Rig rig, List<(Task<Admission> Admission, CancellationTokenSource Leave)> calls)
    {
        var snapshot = rig.Scheduler.Snapshot();
        var held = calls.Where(call => call.Admission.IsCompletedSuccessfully).Select(call => call.Admission.GetAwaiter().GetResult()).OfType<Admission.Granted>().Count(granted => !granted.Slot.IsReleased);
        Assert.Equal(held, snapshot.Targets.Sum(target => target.InFlight));
        Assert.Equal(calls.Count(call => !call.Admission.IsCompleted), snapshot.Queues.Sum(queue => queue.Length));
        Assert.All(snapshot.Targets, target => Assert.InRange(target.InFlight, 0, 6));
    }
}
