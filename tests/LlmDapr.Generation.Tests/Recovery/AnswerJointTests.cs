using LlmDapr.Generation.Recovery;

namespace LlmDapr.Generation.Tests.Recovery;

public sealed class AnswerJointTests
{
    private const string Said = "It was a bright cold day in April, and the clocks were striking";

    [Theory]
    [InlineData(" thirteen.", " thirteen.")]
    [InlineData(Said + " thirteen.", " thirteen.")]
    [InlineData("in April, and the clocks were striking thirteen.", " thirteen.")]
    [InlineData("It was thirteen.", "It was thirteen.")]
    [InlineData(" striking", " striking")]
    [InlineData("", "")]
    public void Continue_WhateverTheProviderDoes_GoesOnWithTheRest(string answer, string rest)
    {
        var joint = new AnswerJoint(Said, Said.Length);

        Assert.Equal(JointState.Joined, Feed(joint, answer));
        Assert.Equal(rest, answer[joint.Skip..]);
    }

    [Theory]
    [InlineData("It was a bright cold day in April, but nobody looked.")]
    [InlineData("It was a bright cold day in April, and")]
    public void Continue_BeginsAnewInAnotherWay_IsDifferent(string answer) => Assert.Equal(JointState.Different, Feed(new AnswerJoint(Said, Said.Length), answer));

    [Theory]
    [InlineData(" ", " thirteen.", "thirteen.")]
    [InlineData(" ", "thirteen.", "thirteen.")]
    [InlineData("\n\n", "\n\nThe end.", "The end.")]
    [InlineData("\n\n", "\nThe end.", "The end.")]
    [InlineData("\n\n", "The end.", "The end.")]
    public void Continue_SpacesWereKept_AreThereOnce(string spaces, string answer, string rest)
    {
        var joint = new AnswerJoint(Said + spaces, Said.Length);

        Assert.Equal(JointState.Joined, Feed(joint, answer));
        Assert.Equal(rest, answer[joint.Skip..]);
    }

    [Theory]
    [InlineData("\U0001F30A yes", JointState.Joined)]
    [InlineData(" yes", JointState.Different)]
    public void Continue_HalfACharacterWasKept_MustBeWhole(string answer, object state)
    {
        var joint = new AnswerJoint(Said + '\ud83c', Said.Length);

        Assert.Equal(state, Feed(joint, answer));
        Assert.Equal(state is JointState.Joined ? 1 : 0, joint.Skip);
    }

    // A line of dashes, rows that are alike: what a continuation repeats may be meant.
    [Fact]
    public void Continue_TextThatGoesInCircles_IsNotCutShort()
    {
        var said = "A table:\n" + new string('-', 50);
        var joint = new AnswerJoint(said, said.Length);

        Assert.Equal(JointState.Joined, Feed(joint, new string('-', 40) + "\nend"));
        Assert.Equal(0, joint.Skip);
    }

    [Theory]
    [InlineData(Said + " thirteen.", JointState.Joined)]
    [InlineData(Said, JointState.Joined)]
    [InlineData("It was a bright cold day in April", JointState.Different)]
    [InlineData("it was a bright cold day in April, and the clocks were striking thirteen.", JointState.Different)]
    [InlineData(" thirteen.", JointState.Different)]
    public void Restart_MustBeginWithExactlyWhatWasSaid(string answer, object state) => Assert.Equal(state, Feed(new AnswerJoint(Said, -1), answer));

    [Fact]
    public void Continue_Undecided_IsHeldBackOnlyAsLongAsItMayBeARepetition()
    {
        var joint = new AnswerJoint(Said, Said.Length);

        Assert.Equal(JointState.Open, joint.Add(" the", last: false));
        Assert.Equal(JointState.Joined, joint.Add(" hour", last: false));
        Assert.Equal(0, joint.Skip);
    }

    private static JointState Feed(AnswerJoint joint, string answer)
    {
        var state = JointState.Open;
        for (var i = 0; i < answer.Length && state == JointState.Open; i += 3)
        {
            state = joint.Add(answer[i..Math.Min(answer.Length, i + 3)], last: false);
        }

        return state == JointState.Open ? joint.Add(string.Empty, last: true) : state;
    }
}
