namespace LlmDapr.System.Tests.Jobs;

[Collection(nameof(DevelopmentJobSystem))]
public sealed class JobTests(DevelopmentJobSystem shared) : JobScenarios(shared);
