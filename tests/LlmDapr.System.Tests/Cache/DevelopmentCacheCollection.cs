namespace LlmDapr.System.Tests.Cache;

/// <summary>The tests that share a <see cref="DevelopmentCacheSystem"/>, one after the other.</summary>
[CollectionDefinition(nameof(DevelopmentCacheSystem))]
public sealed class DevelopmentCacheCollection : ICollectionFixture<DevelopmentCacheSystem>;
