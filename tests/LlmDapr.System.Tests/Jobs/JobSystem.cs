using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>
/// A system with an app beside it that works by events, for the tests that leave it as they found it. They run one after the other, and each has model names of its own.
/// </summary>
public abstract class JobSystem : IAsyncLifetime
{
    /// <summary>The operator's key.</summary>
    public const string AdminKey = "tests-of-the-operator";

    private RunningSystem? _system;
    private EventApp? _app;

    /// <summary>The system. Skips the test where there is none.</summary>
    public RunningSystem System
    {
        get
        {
            Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
            return _system!;
        }
    }

    /// <summary>The app beside it.</summary>
    public EventApp App => _app!;

    /// <summary>Why there is no system.</summary>
    protected string? WhyNot { get; set; }

    public async ValueTask InitializeAsync()
    {
        _app = await EventApp.StartAsync(CancellationToken.None);
        _system = await StartAsync(new RunningSystemOptions
        {
            ChangeRunFile = _app.Join,
            AppEnvironment = [$"edge:LLMDAPR_ADMIN_KEY={AdminKey}", "generation:Jobs__ReplyTopics__0=replies-*", "generation:Jobs__MaxAttempts=2"],
        });
        if (_system is not null)
        {
            _app.Meet(_system);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_system is not null)
        {
            await _system.DisposeAsync();
        }

        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await ReleaseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts it; null where it cannot be had, and then <see cref="WhyNot"/> says why.</summary>
    protected abstract Task<RunningSystem?> StartAsync(RunningSystemOptions options);

    /// <summary>Lets go what the system ran on, after its end.</summary>
    protected virtual ValueTask ReleaseAsync() => ValueTask.CompletedTask;
}
