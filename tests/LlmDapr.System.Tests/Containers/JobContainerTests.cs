using LlmDapr.System.Tests.Jobs;

namespace LlmDapr.System.Tests.Containers;

// The tests of jobs and events once more, on real daprds and a real Redis.
[Collection(nameof(ContainerJobSystem))]
public sealed class JobContainerTests(ContainerJobSystem shared) : JobScenarios(shared);

[Collection(nameof(ContainerJobSystem))]
public sealed class EventContainerTests(ContainerJobSystem shared) : EventScenarios(shared);
