namespace LlmDapr.System.Tests.Cache;

[Collection(nameof(DevelopmentCacheSystem))]
public sealed class CachePurgeTests(DevelopmentCacheSystem shared) : CachePurges(shared);
