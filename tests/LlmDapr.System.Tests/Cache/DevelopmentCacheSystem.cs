using LlmDapr.System.Tests.Beds;

namespace LlmDapr.System.Tests.Cache;

/// <summary>On the development sidecar.</summary>
public sealed class DevelopmentCacheSystem : CacheSystem
{
    protected override Task<TestBed?> MakeBedAsync() => Task.FromResult<TestBed?>(new DevelopmentBed());
}
