using LlmDapr.System.Tests.Beds;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Containers;

/// <summary>
/// Real daprds and a real Redis in containers; the apps are processes of this machine as always. Jobs and events run on the same Redis, so that their tests can use this bed, too.
/// </summary>
internal sealed class ContainerBed : TestBed
{
    private static readonly TestImage[] Images = [TestImage.Daprd, TestImage.Redis];

    private readonly RedisContainer _redis;
    private readonly DaprdContainers _daprds = new();

    private ContainerBed(RedisContainer redis) => _redis = redis;

    /// <summary>The bed, or why it cannot be had.</summary>
    public static async Task<(ContainerBed? Bed, string? WhyNot)> TryStartAsync(CancellationToken cancellationToken) =>
        await Docker.WhyNotAsync(Images, cancellationToken) is { } reason ? (null, reason) : (new ContainerBed(await RedisContainer.StartAsync(cancellationToken)), null);

    /// <summary>The bed. Skips the test where it cannot be had.</summary>
    public static async Task<TestBed> StartOrSkipAsync(CancellationToken cancellationToken)
    {
        var (bed, whyNot) = await TryStartAsync(cancellationToken);
        Assert.SkipWhen(bed is null, whyNot ?? "");
        return bed!;
    }

    public override async Task<RunningSystem> StartAsync(RunningSystemOptions options, CancellationToken cancellationToken)
    {
        await _redis.StartAgainAsync(cancellationToken);
        try
        {
            return await RunningSystem.StartAsync(
                options with { Daprd = _daprds.Program, Environment = new Dictionary<string, string>(options.Environment) { ["REDIS_HOST"] = _redis.Address } },
                cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            await _daprds.GoneAsync(cancellationToken);
            throw new InvalidOperationException($"{e.Message}{Environment.NewLine}The daprd containers: {_daprds.Log}", e);
        }
    }

    public override Task BreakStoreAsync(StoreFault fault, CancellationToken cancellationToken) => _redis.BreakAsync(fault, cancellationToken);

    public override Task MendStoreAsync(CancellationToken cancellationToken) => _redis.MendAsync(cancellationToken);

    public override async Task KillAsync(RunningSystem system, CancellationToken cancellationToken)
    {
        await Task.WhenAll(system.KillEverythingAsync(cancellationToken), _redis.StopAsync(cancellationToken));
        await _daprds.GoneAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await _daprds.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
