using LlmDapr.System.Tests.Beds;
using LlmDapr.System.Tests.Cache;

namespace LlmDapr.System.Tests.Containers;

// The cache's tests once more, on real daprds and a real Redis.
[Collection(nameof(ContainerCacheSystem))]
public sealed class CacheSharingContainerTests(ContainerCacheSystem shared) : CacheSharing(shared);

[Collection(nameof(ContainerCacheSystem))]
public sealed class CacheHitContainerTests(ContainerCacheSystem shared) : CacheHits(shared);

[Collection(nameof(ContainerCacheSystem))]
public sealed class CacheFaultContainerTests(ContainerCacheSystem shared) : CacheFaults(shared);

[Collection(nameof(ContainerCacheSystem))]
public sealed class CachePurgeContainerTests(ContainerCacheSystem shared) : CachePurges(shared);

public sealed class CacheOutageContainerTests : CacheOutages
{
    protected override Task<TestBed> MakeBedAsync() => ContainerBed.StartOrSkipAsync(TestContext.Current.CancellationToken);
}

public sealed class CacheKillContainerTests : CacheKills
{
    protected override Task<TestBed> MakeBedAsync() => ContainerBed.StartOrSkipAsync(TestContext.Current.CancellationToken);
}
