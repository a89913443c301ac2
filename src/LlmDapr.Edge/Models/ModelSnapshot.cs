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
    private long _refreshedAt;

    /// <summary>The table; null until generation has answered once.</summary>
    public ModelTable? Current => Volatile.Read(ref _table);

    /// <summary>Whether a name is served, having asked generation again where the snapshot does not know it. Null: nobody can tell yet.</summary>
    public async ValueTask<bool?> ServesAsync(string model, CancellationToken cancellationToken)
    {
        if (Current?.Serves(model) == true)
        {
            return true;
        }

        await RefreshAsync(force: false, cancellationToken);
        return Current?.Serves(model);
    }

    /// <summary>The table, asking for it where it has never been seen.</summary>
    public async ValueTask<ModelTable?> GetAsync(CancellationToken cancellationToken)
    {
        if (Current is null)
        {
            await RefreshAsync(force: false, cancellationToken);
        }

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
                await RefreshAsync(force: true, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Current is null ? RetryInterval : Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Unknown names must not become a flood of refreshes: one a second, and whoever waited uses what the other brought.
    private async Task RefreshAsync(bool force, CancellationToken cancellationToken)
    {
        var wantedAt = time.GetTimestamp();
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            var fresh = _refreshedAt >= wantedAt || (_table is not null && time.GetElapsedTime(_refreshedAt) < RetryInterval);
            if (fresh && !force)
            {
                return;
            }

            using var patience = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
            var client = clients.CreateClient(ForwardingServiceCollectionExtensions.Name);
            var table = await client.GetFromJsonAsync(new Uri($"http://{AppIds.Generation}{HopRoutes.Models}"), ContractsJsonContext.Default.ModelTable, either.Token);
            Volatile.Write(ref _table, table ?? ModelTable.Empty);
            _refreshedAt = time.GetTimestamp();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.NotRefreshed(e.Message);
            _refreshedAt = time.GetTimestamp();
        }
        finally
        {
            // One that was given up with its caller has brought nothing: whoever waits asks anew.
            _refreshing.Release();
        }
    }
}
