namespace LlmDapr.System.Tests.Cache;

[Collection(nameof(DevelopmentCacheSystem))]
public sealed class CacheFaultTests(DevelopmentCacheSystem shared) : CacheFaults(shared);
