namespace LlmDapr.System.Tests.Jobs;

/// <summary>The tests that share a <see cref="DevelopmentJobSystem"/>, one after the other.</summary>
[CollectionDefinition(nameof(DevelopmentJobSystem))]
public sealed class DevelopmentJobCollection : ICollectionFixture<DevelopmentJobSystem>;
