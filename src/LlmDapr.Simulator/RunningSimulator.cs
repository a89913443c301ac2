using LlmDapr.Simulator.Control;

namespace LlmDapr.Simulator;

/// <summary>A simulator that runs in this process on a free port of 127.0.0.1: the provider of in-process tests. Disposing it ends what is still in flight.</summary>
public sealed class RunningSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningSimulator(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
        BaseUrl = new Uri(Address, "/v1");
        Ledger = app.Services.GetRequiredService<CallLedger>();
        Requests = app.Services.GetRequiredService<RequestLog>();
        Gates = app.Services.GetRequiredService<Gates>();
    }

    /// <summary>Scheme, host and port.</summary>
    public Uri Address { get; }

    /// <summary>The provider's endpoint, as an SDK is given it: <c>http://127.0.0.1:…/v1</c>.</summary>
    public Uri BaseUrl { get; }

    /// <summary>The counters.</summary>
    public CallLedger Ledger { get; }

    /// <summary>The requests as they arrived.</summary>
    public RequestLog Requests { get; }

    /// <summary>Where streams with <c>fault=gate</c> wait.</summary>
    public Gates Gates { get; }

    /// <summary>Starts one.</summary>
    /// <param name="settings">Command-line arguments such as <c>--Simulator:ApiKey=sk-test</c>.</param>
    /// <param name="configure">See <see cref="SimulatorApp.Build"/>.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<RunningSimulator> StartAsync(
        IEnumerable<string>? settings = null, Action<WebApplicationBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        WebApplication app = SimulatorApp.Build([.. settings ?? [], "--urls", "http://127.0.0.1:0"], builder =>
        {
            // A test's output is the test's.
            builder.Logging.ClearProviders();
            configure?.Invoke(builder);
        });
        try
        {
            await app.StartAsync(cancellationToken);
            return new RunningSimulator(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns a model's counts (null: the totals) once they meet a condition.</summary>
    public Task<CallCounts> WaitForAsync(string? model, Func<CallCounts, bool> condition, CancellationToken cancellationToken) =>
        Ledger.WaitForAsync(model, condition, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
