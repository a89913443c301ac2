using LlmDapr.System.Tests.Beds;

namespace LlmDapr.System.Tests.Cache;

/// <summary>On the development sidecar.</summary>
public sealed class DevelopmentCacheSystem : CacheSystem
{
    protected override Task<TestBed?> MakeBedAsync() => Task.FromResult<TestBed?>(new DevelopmentBed());
}

/// <summary>The tests that share it, one after the other.</summary>
[CollectionDefinition(nameof(DevelopmentCacheSystem))]
public sealed class DevelopmentCacheCollection : ICollectionFixture<DevelopmentCacheSystem>;
