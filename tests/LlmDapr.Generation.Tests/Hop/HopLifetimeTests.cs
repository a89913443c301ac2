using System.IO.Pipelines;
using System.Text;
using LlmDapr.Contracts.Hop;
using LlmDapr.Generation.Tests.Hosting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.Generation.Tests.Hop;

/// <summary>When a call may start, how long it may take, and who ends it.</summary>
public sealed class HopLifetimeTests
{
    [Fact]
    public async Task Call_BeforeItsFirstByteIsOnItsWay_ReachesNobody()
    {
        var writer = new HeldWriterFilter();
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address, services: services => services.AddSingleton<IStartupFilter>(writer));

        var sending = generation.ChatAsync(Chunks.Chat());
        Assert.Equal("\n", await writer.Written.WaitAsync(TestContext.Current.CancellationToken));
        using (await generation.GetAsync("/hop/models"))
        {
            Assert.Empty(provider.Requests);
        }

        writer.Release.SetResult(new FlushResult(isCanceled: false, isCompleted: false));
        using var hop = await sending;
        Assert.Equal(200, (await hop.HeadAsync()).Status);
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task Call_WhoseFirstByteReachedNobody_IsNotMade()
    {
        var writer = new HeldWriterFilter();
        writer.Release.SetResult(new FlushResult(isCanceled: false, isCompleted: true));
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address, services: services => services.AddSingleton<IStartupFilter>(writer));

        using var hop = await generation.ChatAsync(Chunks.Chat());
        await hop.RestAsync();

        await generation.IdleAsync();
        Assert.Empty(provider.Requests);
    }

    [Fact]
    public async Task Call_Slow_KeepsThePathAliveWithBeats()
    {
        var time = new WatchedTime();
        var answer = new TaskCompletionSource();
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            await answer.Task;
            await ScriptedProvider.AnswerAsync(context, "{}");
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address, time: time);

        using var hop = await generation.ChatAsync(Chunks.Chat());
        Assert.Equal(HopFormat.ContentType, hop.Response.Content.Headers.ContentType?.MediaType);
        await hop.BeatAsync();
        for (var i = 1; i <= 3; i++)
        {
            await time.TimersAsync(HopFormat.BeatInterval, i);
            time.Advance(HopFormat.BeatInterval);
            await hop.BeatAsync();
        }

        answer.SetResult();
        Assert.Equal(200, (await hop.ReadAsync()).Head.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_OverItsTotalTime_Is504BeforeTheCommit(bool stream)
    {
        var time = new WatchedTime();
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            if (stream)
            {
                await ScriptedProvider.SayAsync(context, Chunks.Role);
            }

            await ScriptedProvider.NeverEndAsync(context);
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--Calls:TotalTimeout=00:00:20"], time);

        using var hop = await generation.ChatAsync(Chunks.Chat(stream: stream));
        await provider.ArrivedAsync();
        time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal((504, "timeout", "timeout", null, "The answer was not complete within 20 s."), await hop.ErrorAsync());
        await provider.CallerLeft;
        await generation.IdleAsync();
    }

    [Fact]
    public async Task Call_OverItsTotalTimeAfterTheCommit_EndsInAnErrorEvent()
    {
        var time = new WatchedTime();
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            await ScriptedProvider.SayAsync(context, Chunks.Word);
            await ScriptedProvider.NeverEndAsync(context);
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address, ["--Calls:TotalTimeout=00:00:20"], time);

        using var hop = await generation.ChatAsync(Chunks.Chat(stream: true));
        await hop.HeadAsync();
        await hop.EventAsync();
        time.Advance(TimeSpan.FromSeconds(20));
        var rest = Encoding.UTF8.GetString(await hop.RestAsync());

        Assert.StartsWith("data: {\"error\":{", rest, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"timeout\"", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", rest, StringComparison.Ordinal);
        await provider.CallerLeft;
    }

    [Fact]
    public async Task Call_WithADeadline_HasNoMoreTimeThanThat()
    {
        var time = new WatchedTime();
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = ScriptedProvider.NeverEndAsync;
        await using var generation = await GenerationHost.StartAsync(provider.Address, time: time);

        using var hop = await generation.ChatAsync(Chunks.Chat(), ("x-llmdapr-deadline-ms", "1500"));
        await provider.ArrivedAsync();
        time.Advance(TimeSpan.FromSeconds(1.5));

        Assert.Equal("The answer was not complete within 1.5 s.", (await hop.ErrorAsync()).Message);
    }

    [Fact]
    public async Task Call_WithItsDeadlinePast_ReachesNobody()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var hop = await generation.ChatAsync(Chunks.Chat(), ("x-llmdapr-deadline-ms", "0"));

        Assert.Equal(504, (await hop.ErrorAsync()).Status);
        Assert.Empty(provider.Requests);
    }

    [Fact]
    public async Task Call_OfTheSameIdAgain_IsNotMadeTwice()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using var first = await generation.ChatAsync(Chunks.Chat(), ("x-llmdapr-call-id", "one"));
        using var again = await generation.ChatAsync(Chunks.Chat(), ("x-llmdapr-call-id", "one"));
        using var other = await generation.ChatAsync(Chunks.Chat(), ("x-llmdapr-call-id", "two"));

        Assert.Equal(200, (await first.ReadAsync()).Head.Status);
        Assert.Equal((503, "service_unavailable"), (await again.ErrorAsync()) is var error ? (error.Status, error.Type) : default);
        Assert.Equal(200, (await other.ReadAsync()).Head.Status);
        Assert.Equal(2, provider.Requests.Count);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Call_WhoseCallerLeaves_IsCancelledAtTheProvider(bool stream, bool afterTheCommit)
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            if (stream)
            {
                await ScriptedProvider.SayAsync(context, afterTheCommit ? Chunks.Word : Chunks.Role);
            }

            await ScriptedProvider.NeverEndAsync(context);
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using (var hop = await generation.ChatAsync(Chunks.Chat(stream: stream)))
        {
            await provider.ArrivedAsync();
            if (afterTheCommit)
            {
                await hop.HeadAsync();
            }
        }

        await provider.CallerLeft;
        await generation.IdleAsync();
    }

    // Nobody reads: the service stands in a write when the caller leaves, not in a read from the provider.
    [Fact]
    public async Task Call_WhoseCallerStopsReadingAndLeaves_IsCancelledAtTheProvider()
    {
        var word = Chunks.Word.Replace("c\"", new string('x', 32_000) + '"', StringComparison.Ordinal);
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Script = async context =>
        {
            while (true)
            {
                await ScriptedProvider.SayAsync(context, word);
            }
        };
        await using var generation = await GenerationHost.StartAsync(provider.Address);

        using (var hop = await generation.ChatAsync(Chunks.Chat(stream: true)))
        {
            await hop.HeadAsync();
            await provider.ArrivedAsync();
        }

        await provider.CallerLeft;
        await generation.IdleAsync();
    }
}
