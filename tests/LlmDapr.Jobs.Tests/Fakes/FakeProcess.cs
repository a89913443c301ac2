using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace LlmDapr.Jobs.Tests.Fakes;

/// <summary>One process with jobs: store and worker over a fake Dapr, with the loops left to the test.</summary>
internal sealed class FakeProcess : IDisposable
{
    private readonly ServiceProvider _services;

    public FakeProcess(FakeStore store, TimeProvider time, Action<JobsOptions>? configure = null)
    {
        Dapr = new FakeDapr(store);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton<Dapr.Client.DaprClient>(Dapr);
        services.AddSingleton(time);
        services.AddMetrics();
        services.AddLogging(logging => logging.AddFakeLogging());
        services.AddJobWorker();
        services.Configure<JobsOptions>(options => configure?.Invoke(options));
        _services = services.BuildServiceProvider();
    }

    public FakeDapr Dapr { get; }

    public JobStore Store => _services.GetRequiredService<JobStore>();

    public JobWorker Worker => _services.GetRequiredService<JobWorker>();

    public WorkerLife Life => _services.GetRequiredService<WorkerLife>();

    public FakeLogCollector Logs => _services.GetFakeLogCollector();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A process whose worker is registered.</summary>
    public static async Task<FakeProcess> StartAsync(FakeStore store, TimeProvider time, Action<JobsOptions>? configure = null)
    {
        var process = new FakeProcess(store, time, configure);
        await process.Life.BeatOnceAsync(CancellationToken.None);
        return process;
    }

    public void Dispose() => _services.Dispose();
}
