using LlmDapr.System.Tests.Jobs;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Containers;

/// <summary>On real daprds and a real Redis.</summary>
public sealed class ContainerJobSystem : JobSystem
{
    private ContainerBed? _bed;

    protected override async Task<RunningSystem?> StartAsync(RunningSystemOptions options)
    {
        (_bed, WhyNot) = await ContainerBed.TryStartAsync(CancellationToken.None);
        return _bed is null ? null : await _bed.StartAsync(options, CancellationToken.None);
    }

    protected override ValueTask ReleaseAsync() => _bed?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>The tests that share it, one after the other.</summary>
[CollectionDefinition(nameof(ContainerJobSystem))]
public sealed class ContainerJobCollection : ICollectionFixture<ContainerJobSystem>;
