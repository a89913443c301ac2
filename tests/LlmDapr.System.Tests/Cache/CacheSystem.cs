using LlmDapr.Contracts;
using LlmDapr.System.Tests.Beds;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Cache;

/// <summary>
/// A system with two replicas of edge for the tests that leave it as they found it. They run one after the other, so that what is in flight at edge is theirs, and each has model names of its own.
/// </summary>
public abstract class CacheSystem : IAsyncLifetime
{
    /// <summary>The operator's key.</summary>
    public const string AdminKey = "tests-of-the-operator";

    private static readonly RunningSystemOptions Options = new()
    {
        Scale = new Dictionary<string, int> { [AppIds.Edge] = 2 },
        AppEnvironment = [$"edge:LLMDAPR_ADMIN_KEY={AdminKey}", "generation:Scheduling__StartLimit=1000"],
    };

    private TestBed? _bed;
    private RunningSystem? _system;
    private HttpClient? _second;

    /// <summary>The system. Skips the test where there is none.</summary>
    public RunningSystem System
    {
        get
        {
            Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
            return _system!;
        }
    }

    /// <summary>A client of the second replica.</summary>
    public HttpClient Second => _second!;

    /// <summary>Why there is no system.</summary>
    protected string? WhyNot { get; set; }

    public async ValueTask InitializeAsync()
    {
        if ((_bed = await MakeBedAsync()) is not null)
        {
            _system = await _bed.StartAsync(Options, CancellationToken.None);
            _second = RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{_system.Report.App(AppIds.Edge, 2).AppPort}"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _second?.Dispose();
        if (_system is not null)
        {
            await _system.DisposeAsync();
        }

        if (_bed is not null)
        {
            await _bed.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The bed; null where it cannot be had, and then <see cref="WhyNot"/> says why.</summary>
    protected abstract Task<TestBed?> MakeBedAsync();
}
