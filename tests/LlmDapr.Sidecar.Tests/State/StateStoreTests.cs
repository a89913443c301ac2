using System.Text;
using LlmDapr.Sidecar.State;
using LlmDapr.Sidecar.Tests.Resiliency;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmDapr.Sidecar.Tests.State;

public sealed class StateStoreTests : IAsyncDisposable
{
    private readonly StateFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SaveAsync_Bytes_AreReadAsTheyWere()
    {
        byte[] value = [0, 1, 2, 255];
        Assert.Null(await _fixture.Store().SaveAsync([new StateSave("k", value)], Cancel));

        var (entry, error) = await _fixture.Store().GetAsync("k", Cancel);

        Assert.Null(error);
        Assert.Equal(("k", null), (entry!.Key, entry.Expires));
        Assert.Equal(value, entry.Value);
    }

    [Fact]
    public async Task SaveAsync_PartOfAnArray_SavesThatPart()
    {
        await _fixture.Store().SaveAsync([new StateSave("k", "abcdef"u8.ToArray().AsMemory(2, 3))], Cancel);

        Assert.Equal("cde", await ReadAsync("k"));
    }

    [Fact]
    public async Task GetAsync_EmptyValue_IsNotMissing()
    {
        await _fixture.Store().SaveAsync([new StateSave("k", default)], Cancel);

        Assert.Empty((await _fixture.Store().GetAsync("k", Cancel)).Value!.Value);
    }

    [Theory]
    [InlineData("s", "a||", true)]
    [InlineData("s", "b||", false)]
    [InlineData("t", "a||", false)]
    public async Task GetAsync_OtherStore_SharesByNameAndPrefix(string name, string prefix, bool shares)
    {
        await SaveAsync("k", "v");

        Assert.Equal(shares, (await _fixture.Store(name, prefix).GetAsync("k", Cancel)).Value is not null);
    }

    [Fact]
    public async Task SaveAsync_Etag_MustBeTheOneThere()
    {
        await SaveAsync("k", "1");
        var first = (await EntryAsync("k"))!.Etag;

        Assert.Null(await SaveAsync("k", "2", first));
        Assert.Equal(StateError.Mismatch, await SaveAsync("k", "3", first));
        Assert.Equal(StateError.Mismatch, await SaveAsync("none", "3", first));
        Assert.Equal("2", await ReadAsync("k"));
        Assert.NotEqual(first, (await EntryAsync("k"))!.Etag);
    }

    [Fact]
    public async Task SaveAsync_FirstWriteByMany_OneWins()
    {
        var errors = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => SaveAsync("k", $"{i}", concurrency: "first-write"), Cancel)));

        Assert.Single(errors, error => error is null);
        Assert.Equal(31, errors.Count(error => error == StateError.Mismatch));
    }

    [Fact]
    public async Task SaveAsync_OneOfManyRefused_WritesTheOthersAndJoinsTheErrors()
    {
        await SaveAsync("k", "1");
        var error = await _fixture.Store().SaveAsync([Save("a", "1"), Save("k", "2", "stale"), Save("b", "1"), Save("k", "3", "stale")], Cancel);

        Assert.Equal(StateErrorKind.EtagMismatch, error!.Kind);
        Assert.Equal($"{StateError.Mismatch.Text}: {StateError.Mismatch.Text}\n{StateError.Mismatch.Text}", error.Text);
        Assert.Equal(("1", "1", "1"), (await ReadAsync("a"), await ReadAsync("b"), await ReadAsync("k")));
    }

    [Fact]
    public async Task SaveAsync_IllegalKeyAmongMany_WritesNothing()
    {
        var error = await _fixture.Store().SaveAsync([Save("a", "1"), Save("x||y", "1")], Cancel);

        Assert.Equal((StateErrorKind.IllegalKey, "x||y"), (error!.Kind, error.Key));
        Assert.Equal(0, _fixture.Rows());
    }

    [Theory]
    [InlineData("bogus", null, "unrecognized concurrency model 'bogus'")]
    [InlineData(null, "bogus", "unrecognized consistency model 'bogus'")]
    public async Task SaveAsync_UnknownOption_IsRefused(string? concurrency, string? consistency, string text)
    {
        var error = await _fixture.Store().SaveAsync([new StateSave("k", "1"u8.ToArray(), null, concurrency, consistency)], Cancel);

        Assert.Equal(new StateError(StateErrorKind.Failed, text), error);
        Assert.Equal(0, _fixture.Rows());
    }

    [Fact]
    public async Task GetAsync_TimeToLivePassed_IsMissingAtOnceAndFreeForAFirstWrite()
    {
        await SaveAsync("k", "1", ttl: "10");
        var etag = (await EntryAsync("k"))!.Etag;
        Assert.Equal("2026-11-25T12:00:10Z", (await EntryAsync("k"))!.ExpireTime);
        _fixture.Time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.NotNull(await EntryAsync("k"));
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Null(await EntryAsync("k"));
        Assert.Null((await _fixture.Store().BulkGetAsync(["k"], Cancel)).Value[0].Entry);
        Assert.Equal(StateError.Mismatch, await SaveAsync("k", "2", etag));
        Assert.Equal(StateError.Mismatch, await _fixture.Store().DeleteAsync(new StateDelete("k", etag), Cancel));
        Assert.Null(await SaveAsync("k", "2", concurrency: "first-write"));
        Assert.Equal("2", await ReadAsync("k"));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("-1", false)]
    [InlineData("5", true)]
    public async Task SaveAsync_OverAnEntryThatEnds_HasItsOwnTime(string? ttl, bool ends)
    {
        await SaveAsync("k", "1", ttl: "1");
        await SaveAsync("k", "2", ttl: ttl);
        _fixture.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("2", await ReadAsync("k"));
        _fixture.Time.Advance(TimeSpan.FromDays(1000));

        Assert.Equal(ends, await EntryAsync("k") is null);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("-1", false)]
    [InlineData("0", false)]
    public async Task SaveAsync_ComponentWithTimeToLive_HoldsWhereTheItemNamesNone(string? ttl, bool ends)
    {
        await _fixture.Store(ttl: 50).SaveAsync([Save("k", "1", ttl: ttl)], Cancel);
        _fixture.Time.Advance(TimeSpan.FromSeconds(50));

        Assert.Equal(ends, await EntryAsync("k") is null);
    }

    [Fact]
    public async Task SweepAsync_ExpiredEntries_AreRemovedAndTheOthersNot()
    {
        await _fixture.Store().SaveAsync([.. Enumerable.Range(0, 1200).Select(i => Save($"k{i}", "1", ttl: "1")), Save("later", "1", ttl: "100"), Save("ever", "1")], Cancel);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1200, await new ExpirySweep(_fixture.Database, _fixture.Time, NullLogger.Instance).SweepAsync(Cancel));
        Assert.Equal(2, _fixture.Rows());
    }

    [Fact]
    public async Task DeleteAsync_Etag_MustBeTheOneThere()
    {
        await SaveAsync("k", "1");

        Assert.Equal(StateError.Mismatch, await _fixture.Store().DeleteAsync(new StateDelete("k", "stale"), Cancel));
        Assert.Null(await _fixture.Store().DeleteAsync(new StateDelete("k", (await EntryAsync("k"))!.Etag), Cancel));
        Assert.Null(await EntryAsync("k"));
        Assert.Null(await _fixture.Store().DeleteAsync(new StateDelete("k"), Cancel));
        Assert.Equal(StateError.Mismatch, await _fixture.Store().DeleteAsync(new StateDelete("k", "stale"), Cancel));
    }

    [Fact]
    public async Task BulkDeleteAsync_OneStale_DeletesTheOthers()
    {
        await _fixture.Store().SaveAsync([Save("a", "1"), Save("b", "1")], Cancel);

        var error = await _fixture.Store().BulkDeleteAsync([new StateDelete("a", "stale"), new StateDelete("b"), new StateDelete("none")], Cancel);

        Assert.Equal($"{StateError.Mismatch.Text}: {StateError.Mismatch.Text}", error!.Text);
        Assert.Equal(("1", null), (await ReadAsync("a"), await ReadAsync("b")));
    }

    [Fact]
    public async Task BulkGetAsync_Keys_AreFoundOnesInOrderThenMissingOnesEachOnce()
    {
        await _fixture.Store().SaveAsync([Save("b", "1"), Save("a", "1"), Save("c", "1")], Cancel);

        var (items, error) = await _fixture.Store().BulkGetAsync(["z", "c", "b", "y", "c", "z"], Cancel);

        Assert.Null(error);
        Assert.Equal(["b", "c", "z", "y"], items.Select(item => item.Key));
        Assert.Equal([true, true, false, false], items.Select(item => item.Entry is not null));
    }

    [Fact]
    public async Task SaveAsync_DiskFull_IsAnErrorAndWorksAgainAfterwards()
    {
        await SaveAsync("before", "1");
        await _fixture.LimitAsync(1);

        Assert.Equal(new StateError(StateErrorKind.Failed, "database or disk is full (13)"), await SaveAsync("k", new string('x', 100_000)));
        Assert.Equal("1", await ReadAsync("before"));
        await _fixture.LimitAsync(1_000_000);
        Assert.Null(await SaveAsync("k", new string('x', 100_000)));
    }

    [Fact]
    public async Task SaveAsync_OutboundRetry_RepeatsAFailureButNoMismatch()
    {
        var setup = new PolicySetup();
        var policies = setup.LoadSpec("""
              policies: { retries: { r: { policy: constant, duration: 1ms, maxRetries: 2 } } }
              targets: { components: { s: { outbound: { retry: r } } } }
            """);
        var store = _fixture.Store(policy: policies.ForComponentOutbound("s"));
        Assert.Equal(StateError.Mismatch, await store.SaveAsync([Save("k", "1", "stale")], Cancel));
        Assert.Empty(setup.Logged(LogLevel.Warning));
        await _fixture.LimitAsync(1);

        var failing = store.SaveAsync([Save("k", new string('x', 100_000))], Cancel);
        Assert.Equal("database or disk is full (13)", (await setup.Time.RunAsync(failing))!.Text);
        Assert.Equal(["Error processing operation component[s] output. Retrying in 1ms…"], setup.Logged(LogLevel.Warning));
        Assert.Null(policies.ForComponentOutbound("t"));
        Assert.Null(policies.ForInbound("s"));
    }

    [Fact]
    public async Task GetAsync_OutboundBreakerOpenedByWrites_IsRefused()
    {
        var setup = new PolicySetup();
        var policy = setup.LoadSpec("""
              policies: { circuitBreakers: { cb: { trip: consecutiveFailures > 1, timeout: 60s } } }
              targets: { components: { s: { outbound: { circuitBreaker: cb } } } }
            """).ForComponentOutbound("s");
        var store = _fixture.Store(policy: policy);
        await store.SaveAsync([Save("k", "1")], Cancel);
        await _fixture.LimitAsync(1);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("database or disk is full (13)", (await store.SaveAsync([Save("big", new string('x', 100_000))], Cancel))!.Text);
        }

        Assert.Equal("circuit breaker is open", (await store.GetAsync("k", Cancel)).Error!.Text);
        Assert.Equal("circuit breaker is open", (await store.BulkGetAsync(["k"], Cancel)).Value[0].Error);
        Assert.Contains("Circuit breaker \"s\" changed state from closed to open", setup.Logged(LogLevel.Information));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private static StateSave Save(string key, string value, string? etag = null, string? concurrency = null, string? ttl = null) =>
        new(key, Encoding.UTF8.GetBytes(value), etag, concurrency, null, ttl);

    private Task<StateError?> SaveAsync(string key, string value, string? etag = null, string? concurrency = null, string? ttl = null) =>
        _fixture.Store().SaveAsync([Save(key, value, etag, concurrency, ttl)], Cancel);

    private async Task<StateEntry?> EntryAsync(string key) => (await _fixture.Store().GetAsync(key, Cancel)).Value;

    private async Task<string?> ReadAsync(string key) => await EntryAsync(key) is { } entry ? Encoding.UTF8.GetString(entry.Value) : null;
}
