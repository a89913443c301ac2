namespace LlmDapr.System.Tests.Jobs;

[Collection(nameof(DevelopmentJobSystem))]
public sealed class EventTests(DevelopmentJobSystem shared) : EventScenarios(shared);
