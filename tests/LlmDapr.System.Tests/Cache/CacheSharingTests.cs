namespace LlmDapr.System.Tests.Cache;

[Collection(nameof(DevelopmentCacheSystem))]
public sealed class CacheSharingTests(DevelopmentCacheSystem shared) : CacheSharing(shared);
