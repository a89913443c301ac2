using System.Text;
using CsCheck;
using Dapr;
using Dapr.Client;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using static LlmDapr.Sidecar.Tests.Grpc.StateSidecar;

namespace LlmDapr.Sidecar.Tests.Grpc;

public sealed class StateRpcsTests
{
    private static readonly StateOptions FirstWrite = new() { Concurrency = ConcurrencyMode.FirstWrite };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Save_AnyBytes_ComeBackAsTheyWere()
    {
        await using var sidecar = await StartAsync();

        await Gen.Byte.Array[0, 2000].SampleAsync(
            async bytes =>
            {
                await sidecar.Client.SaveByteStateAsync(Store, "bytes", bytes, cancellationToken: Cancel);
                Assert.Equal(bytes, (await sidecar.Client.GetByteStateAsync(Store, "bytes", cancellationToken: Cancel)).ToArray());
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public async Task Get_MissingKey_HasNeitherValueNorEtag()
    {
        await using var sidecar = await StartAsync();

        var (value, etag) = await sidecar.Client.GetStateAndETagAsync<string>(Store, "nope", cancellationToken: Cancel);

        Assert.Null(value);
        Assert.Equal("", etag);
    }

    [Fact]
    public async Task TrySave_OverAnEtag_OnlyTheRightOneWins()
    {
        await using var sidecar = await StartAsync();
        await sidecar.Client.SaveStateAsync(Store, "k", 1, cancellationToken: Cancel);
        var (_, first) = await sidecar.Client.GetStateAndETagAsync<int>(Store, "k", cancellationToken: Cancel);

        Assert.True(await sidecar.Client.TrySaveStateAsync(Store, "k", 2, first, cancellationToken: Cancel));
        Assert.False(await sidecar.Client.TrySaveStateAsync(Store, "k", 3, first, cancellationToken: Cancel));
        Assert.False(await sidecar.Client.TryDeleteStateAsync(Store, "k", first, cancellationToken: Cancel));
        Assert.Equal(2, await sidecar.Client.GetStateAsync<int>(Store, "k", cancellationToken: Cancel));
    }

    [Fact]
    public async Task Save_FirstWriteOfTwentyAtOnce_ExactlyOneWins()
    {
        await using var sidecar = await StartAsync();

        var created = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => sidecar.Client.TrySaveStateAsync(Store, "new", i, "", FirstWrite, cancellationToken: Cancel)));

        Assert.Single(created, true);
        Assert.Equal(Array.IndexOf(created, true), await sidecar.Client.GetStateAsync<int>(Store, "new", cancellationToken: Cancel));
    }

    [Fact]
    public async Task Save_WithTtl_IsGoneWhenItIsOver()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var sidecar = await StartAsync(time: time);
        await sidecar.Client.SaveStateAsync(Store, "k", "v", metadata: new Dictionary<string, string> { ["ttlInSeconds"] = "10" }, cancellationToken: Cancel);

        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("v", await sidecar.Client.GetStateAsync<string>(Store, "k", cancellationToken: Cancel));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await sidecar.Client.GetStateAsync<string>(Store, "k", cancellationToken: Cancel));
    }

    [Fact]
    public async Task BulkGet_FoundAndMissing_AreAllThere()
    {
        await using var sidecar = await StartAsync();
        await sidecar.Client.SaveBulkStateAsync(Store, [new SaveStateItem<int>("a", 1, ""), new SaveStateItem<int>("b", 2, "")], Cancel);

        var items = await sidecar.Client.GetBulkStateAsync(Store, ["b", "nope", "a"], parallelism: 2, cancellationToken: Cancel);

        Assert.Equal([("a", "1"), ("b", "2"), ("nope", "")], items.Select(item => (item.Key, item.Value)));
    }

    [Fact]
    public async Task DeleteBulk_OneStaleEtag_IsRefusedAndTheOthersAreDeleted()
    {
        await using var sidecar = await StartAsync();
        await sidecar.Client.SaveBulkStateAsync(Store, [new SaveStateItem<int>("a", 1, ""), new SaveStateItem<int>("b", 2, "")], Cancel);

        var refused = await Assert.ThrowsAsync<DaprException>(
            () => sidecar.Client.DeleteBulkStateAsync(Store, [new BulkDeleteStateItem("a", "stale"), new BulkDeleteStateItem("b", "")], Cancel));

        Assert.Equal(StatusCode.Aborted, Assert.IsType<RpcException>(refused.InnerException).StatusCode);
        Assert.Equal(1, await sidecar.Client.GetStateAsync<int>(Store, "a", cancellationToken: Cancel));
        Assert.Equal(0, await sidecar.Client.GetStateAsync<int>(Store, "b", cancellationToken: Cancel));
    }

    [Fact]
    public async Task Get_IllegalKey_NamesItInTheDetails()
    {
        await using var sidecar = await StartAsync();

        var refused = await Assert.ThrowsAsync<DaprException>(() => sidecar.Client.GetStateAsync<string>(Store, "a||b", cancellationToken: Cancel));

        var failure = Assert.IsType<RpcException>(refused.InnerException);
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        var details = Encoding.UTF8.GetString(failure.Trailers.GetValueBytes("grpc-status-details-bin")!);
        Assert.Contains("DAPR_STATE_ILLEGAL_KEY", details, StringComparison.Ordinal);
        Assert.Contains("type.googleapis.com/google.rpc.BadRequest", details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, StatusCode.InvalidArgument, "state store other is not found")]
    [InlineData(false, StatusCode.FailedPrecondition, "state store other is not configured")]
    public async Task Get_UnknownStore_SaysSo(bool withStore, StatusCode code, string message)
    {
        await using var sidecar = await StartAsync(withStore: withStore);

        var refused = await Assert.ThrowsAsync<DaprException>(() => sidecar.Client.GetStateAsync<string>("other", "k", cancellationToken: Cancel));

        var failure = Assert.IsType<RpcException>(refused.InnerException);
        Assert.Equal((code, message), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task Save_CancelledCall_LeavesTheSidecarServing()
    {
        await using var sidecar = await StartAsync();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var calls = Enumerable.Range(0, 50).Select(i => sidecar.Client.SaveStateAsync(Store, $"k{i}", i, cancellationToken: left.Token)).ToArray();
        await left.CancelAsync();
        var ends = await Task.WhenAll(calls.Select(async call =>
        {
            try
            {
                await call;
                return "saved";
            }
            catch (Exception end) when (end is OperationCanceledException or DaprException { InnerException: RpcException { StatusCode: StatusCode.Cancelled } })
            {
                return "cancelled";
            }
        }));

        Assert.All(ends, end => Assert.Contains(end, (string[])["saved", "cancelled"]));
        await sidecar.Client.SaveStateAsync(Store, "after", 1, cancellationToken: Cancel);
        Assert.Equal(1, await sidecar.Client.GetStateAsync<int>(Store, "after", cancellationToken: Cancel));
        for (var i = 0; i < ends.Length; i++)
        {
            if (ends[i] == "saved")
            {
                Assert.Equal(i, await sidecar.Client.GetStateAsync<int>(Store, $"k{i}", cancellationToken: Cancel));
            }
        }
    }
}
