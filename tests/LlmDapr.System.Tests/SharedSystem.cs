using LlmDapr.Testing;

[assembly: AssemblyFixture(typeof(LlmDapr.System.Tests.SharedSystem))]

namespace LlmDapr.System.Tests;

/// <summary>One system for all tests that leave it as they found it. Each uses model names of its own, so that counts are its own.</summary>
public sealed class SharedSystem : IAsyncLifetime
{
    /// <summary>The operator's key.</summary>
    public const string AdminKey = "the-operators-key";

    private RunningSystem? _system;

    public RunningSystem System => _system!;

    public async ValueTask InitializeAsync() => _system = await RunningSystem.StartAsync(
        new RunningSystemOptions { AppEnvironment = [$"edge:LLMDAPR_ADMIN_KEY={AdminKey}"] }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_system is not null)
        {
            await _system.DisposeAsync();
        }
    }
}
