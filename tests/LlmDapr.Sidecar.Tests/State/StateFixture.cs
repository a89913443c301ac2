using LlmDapr.Sidecar.Resiliency;
using LlmDapr.Sidecar.State;
using LlmDapr.Sidecar.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Sidecar.Tests.State;

/// <summary>A data file and a clock for stores.</summary>
internal sealed class StateFixture : IAsyncDisposable
{
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    public Database Database { get; } = Database.Open(null, NullLogger.Instance);

    public StateStore Store(string name = "s", string prefix = "a||", int? ttl = null, InvocationPolicy? policy = null) =>
        new(new StateComponent(name, name, prefix, ttl), Database, policy, Time);

    /// <summary>Lets nothing more be written, as a full disk does; <paramref name="pages"/> 1 = the present size.</summary>
    public Task<int> LimitAsync(int pages) =>
        Database.WriteAsync(connection => connection.Execute($"PRAGMA max_page_count={pages}"), TestContext.Current.CancellationToken);

    public long Rows() => Database.Read(connection => (long)connection.Prepared("SELECT count(*) FROM state").ExecuteScalar()!);

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
