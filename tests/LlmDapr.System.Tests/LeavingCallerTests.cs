using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>A caller that leaves takes its call at the provider along.</summary>
public sealed class LeavingCallerTests(SharedSystem shared)
{
    private readonly RunningSystem _system = shared.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "sim?fault=hang&seed=31")]
    [InlineData(true, "sim?fault=hang&seed=32")]
    [InlineData(true, "sim?words=2000&tps=50&seed=33")]
    [InlineData(true, "sim?words=20&after=3&fault=stall&seed=34")]
    public async Task Leaving_CallInFlight_CancelsItAtTheProviderWithinASecond(bool stream, string model)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var asking = _system.Http.SendAsync(Chat.Request(Chat.Body(model, "Leave", stream)), HttpCompletionOption.ResponseHeadersRead, leave.Token);
        await Eventually.TrueAsync(async () => (await _system.Simulator.OfAsync(model, Ct)).InFlight == 1, "the call reached the provider", Ct);
        using var response = model.Contains("hang", StringComparison.Ordinal) ? null : await asking;

        var leftAt = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await leave.CancelAsync();
        response?.Dispose();

        await Eventually.TrueAsync(async () => (await _system.Simulator.OfAsync(model, Ct)).Cancelled == 1, "the provider's call was cancelled", Ct);
        var cancelledAt = (await _system.Simulator.OfAsync(model, Ct)).LastCancelledAtMs!.Value;
        Assert.InRange(cancelledAt - leftAt, -50, 1000);
        if (response is null)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        }
    }
}
