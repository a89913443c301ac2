using LlmDapr.Generation.Attempts;

namespace LlmDapr.Generation.Tests.Attempts;

public sealed class AttemptJudgeTests
{
    [Theory]
    [InlineData("stream", Verdict.Final, false)]
    [InlineData("200", Verdict.Final, false)]
    [InlineData("400", Verdict.Final, false)]
    [InlineData("policy", Verdict.Final, false)]
    [InlineData("context", Verdict.Larger, false)]
    [InlineData("401", Verdict.Final, false)]
    [InlineData("403", Verdict.Final, false)]
    [InlineData("404", Verdict.Final, false)]
    [InlineData("408", Verdict.Repeat, true)]
    [InlineData("409", Verdict.Repeat, false)]
    [InlineData("413", Verdict.Final, false)]
    [InlineData("422", Verdict.Final, false)]
    [InlineData("429", Verdict.Repeat, false)]
    [InlineData("quota", Verdict.Elsewhere, false)]
    [InlineData("500", Verdict.Repeat, true)]
    [InlineData("502", Verdict.Repeat, true)]
    [InlineData("503", Verdict.Repeat, true)]
    [InlineData("504", Verdict.Repeat, true)]
    [InlineData("529", Verdict.Repeat, true)]
    [InlineData("unreachable", Verdict.Repeat, true)]
    [InlineData("broken", Verdict.Repeat, true)]
    [InlineData("slow", Verdict.Elsewhere, true)]
    [InlineData("large", Verdict.Final, false)]
    [InlineData("open", Verdict.Elsewhere, false)]
    [InlineData("refused", Verdict.GiveUp, false)]
    public void Judge_EveryKind_SaysWhatMayFollowAndWhoseFaultItIs(string kind, object verdict, bool targetsFault)
    {
        var attempt = SampleAttempts.Of("a", kind);

        Assert.Equal(((Verdict)verdict, targetsFault), (AttemptJudge.Judge(attempt), AttemptJudge.IsTargetsFault(attempt)));
    }

    [Fact]
    public void Usefulness_Errors_ALimitTellsMostAndABreakerLeast()
    {
        string[][] ranks = [["open", "refused"], ["unreachable", "broken"], ["slow"], ["500", "503", "409"], ["429", "quota"]];
        for (var i = 0; i < ranks.Length; i++)
        {
            Assert.All(ranks[i], kind => Assert.Equal(i, AttemptJudge.Usefulness(SampleAttempts.Of("a", kind))));
        }
    }
}
