using LlmDapr.Simulator.Behaviours;

namespace LlmDapr.Simulator.Tests.Behaviours;

public sealed class BehaviourGrammarTests
{
    [Fact]
    public void TryApply_EveryOption_SetsItsProperty()
    {
        const string text = "ttft=200ms&tps=50.5&words=60&jitter=0.3&seed=7&rpm=3&tpm=900&concurrency=4&over=503&err500=1&err503=2.5&err429=3"
            + "&fault=cut&after=10&times=2&echo=raw&head=early&dims=8";

        Assert.True(BehaviourGrammar.TryApply(Behaviour.Default, text, out Behaviour? behaviour, out _));

        Assert.Equal(
            new Behaviour
            {
                Ttft = TimeSpan.FromMilliseconds(200),
                Tps = 50.5,
                Words = 60,
                Jitter = 0.3,
                Seed = 7,
                Rpm = 3,
                Tpm = 900,
                Concurrency = 4,
                Over = 503,
                Err500 = 1,
                Err503 = 2.5,
                Err429 = 3,
                Fault = Fault.Cut,
                After = 10,
                Times = 2,
                EchoRaw = true,
                EarlyHead = true,
                Dims = 8,
            },
            behaviour);
    }

    [Theory]
    [InlineData("12ms", 12)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0ms", 0)]
    public void TryApply_Duration_IsRead(string text, int ms)
    {
        Assert.True(BehaviourGrammar.TryApply(Behaviour.Default, "ttft=" + text, out Behaviour? behaviour, out _));
        Assert.Equal(TimeSpan.FromMilliseconds(ms), behaviour.Ttft);
    }

    [Theory]
    [InlineData("speed=1", "unknown option 'speed'. Allowed options: after, concurrency, dims, echo, err429, err500, err503, fault, head, jitter, over, rpm, seed, times, tpm, tps, ttft, words.")]
    [InlineData("words", "'words' has no value: write option=value. Allowed options: after,")]
    [InlineData("words=1&words=2", "option 'words' is there twice.")]
    [InlineData("words=-1", "option 'words' must be a whole number from 0 to 100000, but is '-1'.")]
    [InlineData("words=1e3", "option 'words' must be")]
    [InlineData("ttft=200", "option 'ttft' must be a duration from 0ms to 1h such as 200ms, 1.5s or 2m, but is '200'.")]
    [InlineData("ttft=-1s", "option 'ttft' must be")]
    [InlineData("ttft=ms", "option 'ttft' must be")]
    [InlineData("ttft=2h", "option 'ttft' must be")]
    [InlineData("tps=NaN", "option 'tps' must be")]
    [InlineData("tps=1,5", "option 'tps' must be")]
    [InlineData("jitter=4", "option 'jitter' must be a number from 0 to 3, but is '4'.")]
    [InlineData("rpm=0", "option 'rpm' must be a whole number from 1, but is '0'.")]
    [InlineData("over=500", "option 'over' must be 429 or 503, but is '500'.")]
    [InlineData("err500=101", "option 'err500' must be a percentage from 0 to 100, but is '101'.")]
    [InlineData("err500=60&err503=60", "err500, err503 and err429 are together more than 100 percent.")]
    [InlineData("fault=Cut", "option 'fault' must be one of none, hang, reset, cut, stall, badjson, nodone, nofinish, end, html200, error-in-stream, context, quota, key401, gate, but is 'Cut'.")]
    [InlineData("echo=yes", "option 'echo' must be none or raw, but is 'yes'.")]
    public void TryApply_WrongText_SaysWhatIsWrongAndWhatIsAllowed(string text, string problem)
    {
        Assert.False(BehaviourGrammar.TryApply(Behaviour.Default, text, out _, out string? actual));
        Assert.StartsWith(problem, actual, StringComparison.Ordinal);
    }

    [Fact]
    public void TryApply_OnTopOfAnother_KeepsTheRest()
    {
        Behaviour start = Behaviour.Default with { Words = 3, Tps = 9 };
        Assert.True(BehaviourGrammar.TryApply(start, "tps=8", out Behaviour? behaviour, out _));
        Assert.Equal(start with { Tps = 8 }, behaviour);
    }

    [Theory]
    [InlineData(1, Fault.Cut)]
    [InlineData(2, Fault.Cut)]
    [InlineData(3, Fault.None)]
    public void FaultFor_Times_LimitsTheFirstRequests(int ordinal, object fault) =>
        Assert.Equal((Fault)fault, (Behaviour.Default with { Fault = Fault.Cut, Times = 2 }).FaultFor(ordinal));

    [Fact]
    public void FaultNames_EveryFault_HasAWord() =>
        Assert.Equal(Enum.GetValues<Fault>().Length, FaultNames.All.Count());
}
