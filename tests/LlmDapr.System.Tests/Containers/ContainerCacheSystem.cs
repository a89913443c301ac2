using LlmDapr.System.Tests.Beds;
using LlmDapr.System.Tests.Cache;

namespace LlmDapr.System.Tests.Containers;

/// <summary>On real daprds and a real Redis.</summary>
public sealed class ContainerCacheSystem : CacheSystem
{
    protected override async Task<TestBed?> MakeBedAsync()
    {
        var (bed, whyNot) = await ContainerBed.TryStartAsync(CancellationToken.None);
        WhyNot = whyNot;
        return bed;
    }
}

/// <summary>The tests that share it, one after the other.</summary>
[CollectionDefinition(nameof(ContainerCacheSystem))]
public sealed class ContainerCacheCollection : ICollectionFixture<ContainerCacheSystem>;
