using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>On the development sidecar (or the daprd that <c>LLMDAPR_DAPRD</c> names).</summary>
public sealed class DevelopmentJobSystem : JobSystem
{
    protected override async Task<RunningSystem?> StartAsync(RunningSystemOptions options) => await RunningSystem.StartAsync(options, CancellationToken.None);
}
