using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Tests.Hosting;

namespace LlmDapr.Generation.Tests.Attempts;

/// <summary>A stream whose first token is late is asked for at a second target, too.</summary>
public sealed class HedgingTests
{
    private static readonly string[] Settings =
    [
        "--Attempts:Hedge=true",
        "--Attempts:HedgeFloor=00:00:00.05",
        "--Models:0:Targets:1:Provider=q",
    ];

    [Fact]
    public async Task FirstToken_LaterThanTheTargetsOwn_IsTheSecondTargetsAndTheFirstIsCancelled()
    {
        var left = new TaskCompletionSource();
        await using var slow = await ScriptedProvider.StartAsync();
        await using var quick = await ScriptedProvider.StartAsync();
        slow.Script = quick.Script = context => ScriptedProvider.SayAsync(context, Chunks.Word, Chunks.Stop, Chunks.Done);
        await using var generation = await GenerationHost.StartAsync(slow.Address, [.. Settings, $"--Providers:q:Endpoint={quick.Address}/v1"]);
        for (var i = 0; i < FirstTokenTimes.Enough; i++)
        {
            Assert.Equal("p/m", await TargetAsync(generation));
        }

        slow.Script = async context =>
        {
            context.RequestAborted.Register(left.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        };

        Assert.Equal("q/m", await TargetAsync(generation));
        await left.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Single(quick.Requests);
        await generation.IdleAsync();
    }

    [Fact]
    public async Task FirstToken_BeforeThePercentile_AsksNobodyElse()
    {
        await using var first = await ScriptedProvider.StartAsync();
        await using var second = await ScriptedProvider.StartAsync();
        first.Script = context => ScriptedProvider.SayAsync(context, Chunks.Word, Chunks.Stop, Chunks.Done);
        await using var generation = await GenerationHost.StartAsync(first.Address, [.. Settings, "--Attempts:HedgeFloor=00:00:30", $"--Providers:q:Endpoint={second.Address}/v1"]);
        for (var i = 0; i < FirstTokenTimes.Enough + 5; i++)
        {
            Assert.Equal("p/m", await TargetAsync(generation));
        }

        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task SecondTarget_Fails_LeavesTheFirstItsTime()
    {
        var goOn = new TaskCompletionSource();
        await using var slow = await ScriptedProvider.StartAsync();
        await using var broken = await ScriptedProvider.StartAsync();
        slow.Script = context => ScriptedProvider.SayAsync(context, Chunks.Word, Chunks.Stop, Chunks.Done);
        broken.Script = async context =>
        {
            await ScriptedProvider.AnswerAsync(context, "{}", 500);
            goOn.TrySetResult();
        };
        await using var generation = await GenerationHost.StartAsync(slow.Address, [.. Settings, $"--Providers:q:Endpoint={broken.Address}/v1"]);
        for (var i = 0; i < FirstTokenTimes.Enough; i++)
        {
            await TargetAsync(generation);
        }

        slow.Script = async context =>
        {
            await goOn.Task;
            await ScriptedProvider.SayAsync(context, Chunks.Word, Chunks.Stop, Chunks.Done);
        };

        Assert.Equal("p/m", await TargetAsync(generation));
        Assert.Single(broken.Requests);
        await generation.IdleAsync();
    }

    [Fact]
    public async Task Run_CancelledBefore_CallsNobody()
    {
        // Why whoever holds a place for the first call has to give it back itself.
        var options = Microsoft.Extensions.Options.Options.Create(new AttemptOptions { Hedge = true });
        var hedging = new Hedging(options, new TargetPipelines(options, TimeProvider.System), TimeProvider.System);
        var called = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hedging.RunAsync(TimeSpan.FromSeconds(1), Call, Call, new CancellationToken(canceled: true)));
        Assert.Equal(0, called);

        Task<Attempt> Call(CancellationToken cancellationToken)
        {
            called++;
            return Task.FromCanceled<Attempt>(cancellationToken);
        }
    }

    [Fact]
    public void P95_TooFewOrEnough_IsNullOrTheLateOnes()
    {
        var times = new FirstTokenTimes();
        for (var i = 1; i < FirstTokenTimes.Enough; i++)
        {
            times.Add(TimeSpan.FromSeconds(i));
            Assert.Null(times.P95());
        }

        times.Add(TimeSpan.FromSeconds(FirstTokenTimes.Enough));
        Assert.Equal(TimeSpan.FromSeconds(19), times.P95());
    }

    private static async Task<string?> TargetAsync(GenerationHost generation)
    {
        using var hop = await generation.ChatAsync(Chunks.Chat(stream: true));
        var (head, rest) = await hop.ReadAsync();
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
        return head.Target;
    }
}
