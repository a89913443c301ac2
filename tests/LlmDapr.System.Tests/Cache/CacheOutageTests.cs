using LlmDapr.System.Tests.Beds;

namespace LlmDapr.System.Tests.Cache;

public sealed class CacheOutageTests : CacheOutages
{
    protected override Task<TestBed> MakeBedAsync() => Task.FromResult<TestBed>(new DevelopmentBed(isSmall: true));
}
