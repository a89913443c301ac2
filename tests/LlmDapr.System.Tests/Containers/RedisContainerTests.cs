using LlmDapr.System.Tests.Beds;

namespace LlmDapr.System.Tests.Containers;

/// <summary>The faults that the other tests rely on.</summary>
public sealed class RedisContainerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Break_ThenMend_IsTheFaultAndLosesNothing()
    {
        var whyNot = await Docker.WhyNotAsync([TestImage.Redis], Ct);
        Assert.SkipWhen(whyNot is not null, whyNot ?? "");
        await using var redis = await RedisContainer.StartAsync(Ct);
        Assert.Equal("+OK", await redis.AskAsync("SET kept yes", Ct));

        await redis.BreakAsync(StoreFault.Full, Ct);
        Assert.StartsWith("-OOM", await redis.AskAsync("SET more yes", Ct), StringComparison.Ordinal);
        Assert.Equal("$3", await redis.AskAsync("GET kept", Ct));
        await redis.MendAsync(Ct);
        Assert.Equal("+OK", await redis.AskAsync("SET more yes", Ct));

        await redis.BreakAsync(StoreFault.Slow, Ct);
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct))
        {
            patience.CancelAfter(TimeSpan.FromMilliseconds(500));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => redis.AskAsync("GET kept", patience.Token));
        }

        await redis.MendAsync(Ct);
        Assert.Equal("$3", await redis.AskAsync("GET kept", Ct));

        await redis.BreakAsync(StoreFault.Stopped, Ct);
        Assert.Null(await redis.AskAsync("GET kept", Ct));
        await redis.MendAsync(Ct);
        Assert.Equal(("$3", "$3"), (await redis.AskAsync("GET kept", Ct), await redis.AskAsync("GET more", Ct)));
    }
}
