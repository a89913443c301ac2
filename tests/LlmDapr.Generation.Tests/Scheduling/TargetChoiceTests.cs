using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Tests.Scheduling;

public sealed class TargetChoiceTests
{
    [Fact]
    public void Choose_EqualTargets_TakesTheLessLoadedOne()
    {
        using var rig = new Rig(options => options.StartLimit = 10);
        var both = new[] { new Candidate(rig.A, 0, 1), new Candidate(rig.B, 0, 1) };

        var slots = Enumerable.Range(0, 12).Select(_ => rig.Take(candidates: both)).ToList();

        Assert.Equal(6, slots.Count(slot => slot.Target == rig.A));
    }

    [Fact]
    public void Choose_Weights_ShareTheLoad()
    {
        using var rig = new Rig(options => options.StartLimit = 100);
        var both = new[] { new Candidate(rig.A, 0, 3), new Candidate(rig.B, 0, 1) };

        var slots = Enumerable.Range(0, 100).Select(_ => rig.Take(candidates: both)).ToList();

        Assert.InRange(slots.Count(slot => slot.Target == rig.A), 73, 77);
    }

    [Fact]
    public void Choose_PreferredTargetHasRoom_TheOtherIsLeftAlone()
    {
        using var rig = new Rig(options => options.StartLimit = 10);

        var slots = Enumerable.Range(0, 10).Select(_ => rig.Take(candidates: Ranked(rig))).ToList();

        Assert.All(slots, slot => Assert.Equal(rig.A, slot.Target));
    }

    [Fact]
    public void Choose_PreferredTargetIsFull_TheOtherIsTakenAfterSpillAfter()
    {
        using var rig = new Rig();
        using var first = rig.Take(candidates: Ranked(rig));
        var second = rig.Admit(candidates: Ranked(rig));

        rig.Advance(1.9);
        Assert.False(second.IsCompleted);
        rig.Advance(0.1);

        using var slot = Rig.SlotOf(second);
        Assert.Equal(rig.B, slot.Target);
    }

    [Fact]
    public void Choose_PreferredTargetWantsALongPause_TheOtherIsTakenAtOnce()
    {
        using var rig = new Rig();
        using (var slot = rig.Take(candidates: Ranked(rig)))
        {
            slot.Headers([["retry-after", "20"]]);
            slot.Finish(AttemptOutcome.Overloaded, null);
        }

        using (var other = rig.Take(candidates: Ranked(rig)))
        {
            Assert.Equal(rig.B, other.Target);
        }

        rig.Advance(20);
        using var again = rig.Take(candidates: Ranked(rig));
        Assert.Equal(rig.A, again.Target);
    }

    [Fact]
    public void Dispatch_FirstWaitersTargetIsFull_OthersAreNotHeldUp()
    {
        using var rig = new Rig();
        using var first = rig.Take();
        var waiting = rig.Admit();

        using var other = rig.Take(candidates: [new Candidate(rig.B, 0, 1)]);

        Assert.Equal(rig.B, other.Target);
        Assert.False(waiting.IsCompleted);
    }

    private static Candidate[] Ranked(Rig rig) => [new Candidate(rig.B, 1, 1), new Candidate(rig.A, 0, 1)];
}
