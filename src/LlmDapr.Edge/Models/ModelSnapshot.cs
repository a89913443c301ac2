using System.Net.Http.Json;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Hop;
using LlmDapr.Edge.Forwarding;

namespace LlmDapr.Edge.Models;

/// <summary>
/// Generation's table of models as edge last saw it, refreshed every 10 s and on an unknown name. The refresh has a second use: daprd before 1.19 cuts a
/// lone long stream after 3:45 unless another call goes to the same app meanwhile. Thread-safe.
/// </summary>
internal sealed class ModelSnapshot(IHttpClientFactory clients, TimeProvider time, ILogger<ModelSnapshot> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _refreshing = new(1);
    private ModelTable? _table;
    private long? _begunAt;

    /// <summary>The table; null until generation has answered once.</summary>
    public ModelTable? Current => Volatile.Read(ref _table);

    /// <summary>Whether a name is served, having asked generation again where the snapshot does not know it. Null: nobody can tell yet.</summary>
    public async ValueTask<bool?> ServesAsync(string model, CancellationToken cancellationToken)
    {
        if (Current?.Serves(model) == true)
        {
            return true;
        }

        // Unknown names must not become a flood of refreshes.
        await RefreshAsync(maxAge: RetryInterval, cancellationToken);
        return Current?.Serves(model);
    }

    /// <summary>What answers under a name, as far as the snapshot knows.</summary>
    public ServedModel? Find(string model) => Current?.Find(model);

    /// <summary>The table as generation has it now, or as it was last seen where generation does not answer.</summary>
    public async ValueTask<ModelTable?> GetAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(maxAge: TimeSpan.Zero, cancellationToken);
        return Current;
    }

    public override void Dispose()
    {
        _refreshing.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(maxAge: TimeSpan.Zero, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Current is null ? RetryInterval : Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One at a time: whoever waited for another's refresh that began after it asked uses what that brought.
    private async Task RefreshAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var wantedAt = time.GetTimestamp();
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            if (_begunAt is not { } begunAt || (begunAt < wantedAt && (_table is null || time.GetElapsedTime(begunAt) >= maxAge)))
            {
                _begunAt = time.GetTimestamp();
                await AskAsync(cancellationToken);
            }
        }
        finally
        {
            _refreshing.Release();
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var client = clients.CreateClient(ForwardingServiceCollectionExtensions.Name);
            var table = await client.GetFromJsonAsync(new Uri($"http://{AppIds.Generation}{HopRoutes.Models}"), ContractsJsonContext.Default.ModelTable, either.Token);
            Volatile.Write(ref _table, table ?? ModelTable.Empty);
        }
        catch when (cancellationToken.IsCancellationRequested)
        {
            // Given up with its caller, it has brought nothing: whoever waits asks anew.
            _begunAt = null;
            throw;
        }
        catch (Exception e)
        {
            logger.NotRefreshed(e.Message);
        }
    }
}
