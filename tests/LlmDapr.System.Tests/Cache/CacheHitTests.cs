namespace LlmDapr.System.Tests.Cache;

[Collection(nameof(DevelopmentCacheSystem))]
public sealed class CacheHitTests(DevelopmentCacheSystem shared) : CacheHits(shared);
