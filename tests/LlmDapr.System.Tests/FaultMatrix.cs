using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>A system with the rows' models. All rows are called at once at its start, streamed and plain; a test waits for its own.</summary>
public abstract class FaultMatrix : IAsyncLifetime
{
    private readonly Dictionary<(string Row, bool Stream), Task<FaultOutcome>> _outcomes = [];
    private RunningSystem? _system;

    internal RunningSystem System => _system!;

    internal abstract IReadOnlyList<FaultRow> Rows { get; }

    /// <summary>Generation's settings beside the models.</summary>
    protected abstract IReadOnlyList<string> Settings { get; }

    public async ValueTask InitializeAsync()
    {
        var ct = CancellationToken.None;
        _system = await RunningSystem.StartAsync(
            new RunningSystemOptions
            {
                AppEnvironment =
                [
                    .. FaultRow.Settings(Rows),
                    .. Settings.Select(setting => $"generation:{setting}"),

                    // Every request of the matrix fails at first: the budget that keeps repetitions a small share of real traffic has a test of its own.
                    "generation:Attempts__RetryReserve=1000",
                ],
            },
            ct);
        foreach (var stream in (bool[])[false, true])
        {
            using var warm = await _system.Http.PostAsync(Chat.Body("sim?words=3", "Warm up", stream), ct);
            Assert.Equal(200, (int)warm.StatusCode);
        }

        foreach (var row in Rows.Where(row => !row.HasOwnCalls))
        {
            _outcomes[(row.Name, true)] = FaultOutcome.OfAsync(_system, row, stream: true, ct);
            if (!row.StreamsOnly)
            {
                _outcomes[(row.Name, false)] = FaultOutcome.OfAsync(_system, row, stream: false, ct);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_system is not null)
        {
            await _system.DisposeAsync();
        }
    }

    internal FaultRow Row(string name) => Rows.Single(row => row.Name == name);

    internal Task<FaultOutcome> OutcomeAsync(string row, bool stream) => _outcomes[(row, stream)];

    /// <summary>All rows have ended and every service is at rest.</summary>
    internal async Task BecomesIdleAsync(CancellationToken cancellationToken)
    {
        await ((Task)Task.WhenAll(_outcomes.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await System.BecomesIdleAsync(cancellationToken);
    }
}
