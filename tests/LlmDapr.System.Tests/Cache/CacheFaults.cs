using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Cache;

/// <summary>What is not a whole and good answer is kept by nobody.</summary>
public abstract class CacheFaults(CacheSystem shared)
{
    private RunningSystem System => shared.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cut", true)]
    [InlineData("end", true)]
    [InlineData("error-in-stream", true)]
    [InlineData("badjson", true)]
    [InlineData("reset", true)]
    [InlineData("status500", true)]
    [InlineData("cut", false)]
    [InlineData("end", false)]
    [InlineData("badjson", false)]
    [InlineData("html200", false)]
    [InlineData("reset", false)]
    [InlineData("status500", false)]
    [InlineData("context", false)]
    [InlineData("key401", false)]
    public async Task Broken_AskedAgain_IsANewCall(string fault, bool stream)
    {
        var model = $"sim?words=20&after=5&fault={fault}&seed={(stream ? 601 : 602)}";
        var calls = 0;
        for (var i = 0; i < 2; i++)
        {
            var answer = await AskAsync(model, stream);

            Assert.False(answer is { Status: 200, IsWhole: true }, $"a broken answer was taken for a whole one: {answer}");
            Assert.Equal("miss", answer.Cache);
            var now = (await System.Simulator.OfAsync(model, Ct)).Requests;
            Assert.True(now > calls, $"the answer came without a call: {answer}");
            calls = now;
        }

        // Nor is it kept in the form that was not asked for.
        Assert.Equal("miss", (await AskAsync(model, !stream)).Cache);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("error-in-stream")]
    public async Task CutStream_ManyFollow_EachSeesItsEndAndTheNextIsWhole(string fault)
    {
        // Slow enough that all are on board before it breaks.
        var model = $"sim?words=60&tps=20&after=40&fault={fault}&times=1&seed=611";
        var asking = new List<Task<CachedAnswer>> { AskAsync(model, stream: true) };
        await Eventually.TrueAsync(async () => (await System.Simulator.OfAsync(model, Ct)).InFlight == 1, "the call is at the provider", Ct);
        asking.AddRange(Enumerable.Range(0, 10).Select(i => AskAsync(model, stream: i % 2 == 0)));
        var broken = await Task.WhenAll(asking);

        Assert.All(broken, answer => Assert.False(answer is { Status: 200, IsWhole: true }, $"a broken answer was taken for a whole one: {answer}"));
        Assert.All(broken, answer => Assert.True(answer.Status is 200 or >= 500, $"{answer}"));
        Assert.Equal(1, (await System.Simulator.OfAsync(model, Ct)).Requests);

        var whole = await AskAsync(model, stream: false);
        Assert.Equal((200, "miss", true), (whole.Status, whole.Cache, whole.IsWhole));
        Assert.Equal("hit", (await AskAsync(model, stream: true)).Cache);
        Assert.Equal(2, (await System.Simulator.OfAsync(model, Ct)).Requests);
    }

    private Task<CachedAnswer> AskAsync(string model, bool stream) => CachedAnswer.AskAsync(System.Http, CachedAnswer.Deterministic(model, "Break", stream), Ct);
}
