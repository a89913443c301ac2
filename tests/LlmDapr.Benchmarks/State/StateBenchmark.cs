using System.Diagnostics;
using System.Globalization;
using Dapr.Client;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using LlmDapr.Benchmarks.Invocation;
using LlmDapr.Contracts;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Testing;
using RpcClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace LlmDapr.Benchmarks.State;

/// <summary>
/// State through the development sidecar, 1 KB values, against an empty gRPC call to a bare server: calls a second from 64 callers, taking
/// turns in short rounds. A save is answered when it survives a kill of the process. The limits are for the rpcs as such; what DaprClient
/// adds on the caller's side is shown beside them.
/// </summary>
internal static class StateBenchmark
{
    private const int AtOnce = 64;
    private const int CallsPerRound = 5000;
    private const int RoundCount = 25;
    private const int Keys = 1000;
    private const double ReadLimit = 0.6;
    private const double WriteLimit = 0.4;

    // Until the runtime has compiled everything for good: the longer way is the last to be.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("llmdapr-bench-");
        await using var bare = await EmptyRpc.StartAsync();
        using var channel = GrpcChannel.ForAddress(LoopbackServers.AddressOf(bare));
        var invoker = channel.CreateCallInvoker();
        await using var host = await SidecarHost.StartAsync(
            [new SidecarOptions { AppId = AppIds.Edge, ResourcesPaths = [Path.Combine(Programs.Root, "components")] }],
            dataFile: Path.Combine(folder.FullName, "state.db"));
        var address = $"http://127.0.0.1:{host.Instances[0].GrpcPort}";
        using var sidecarChannel = GrpcChannel.ForAddress(address);
        var rpcs = new RpcClient(sidecarChannel);
        using var dapr = new DaprClientBuilder()
            .UseGrpcEndpoint(address)
            .UseHttpEndpoint($"http://127.0.0.1:{host.Instances[0].HttpPort}")
            .Build();
        var value = new byte[1024];
        new Random(1).NextBytes(value);
        var data = ByteString.CopyFrom(value);

        var empty = new Rounds("empty gRPC call", async _ => await invoker.AsyncUnaryCall(EmptyRpc.Method, null, default, new Empty()));
        var write = new Rounds("SaveState", async i => await rpcs.SaveStateAsync(SaveOf($"bench-{i % Keys}", data)));
        var read = new Rounds("GetState", async i => await rpcs.GetStateAsync(new GetStateRequest { StoreName = DaprComponents.StateStore, Key = $"bench-{i % Keys}" }));
        var daprWrite = new Rounds("DaprClient save", i => dapr.SaveByteStateAsync(DaprComponents.StateStore, $"bench-{i % Keys}", value));
        var daprRead = new Rounds("DaprClient get", i => dapr.GetByteStateAsync(DaprComponents.StateStore, $"bench-{i % Keys}"));
        Rounds[] all = [empty, write, read, daprWrite, daprRead];
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < WarmUp;)
        {
            await RoundAsync(all, record: false);
        }

        for (var i = 0; i < RoundCount; i++)
        {
            await RoundAsync(all, record: true);
        }

        foreach (var rounds in all)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {rounds.Name,-20}{rounds.Median,8:0} calls/s   {rounds.Of(empty):0.00} x"));
        }

        var (reads, writes) = (read.Of(empty), write.Of(empty));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"reads {reads:0.00} x (limit {ReadLimit}), durable writes {writes:0.00} x (limit {WriteLimit}) of an empty gRPC call, {AtOnce} callers"));
        folder.Delete(recursive: true);
        return reads >= ReadLimit && writes >= WriteLimit ? 0 : 1;
    }

    private static async Task RoundAsync(IEnumerable<Rounds> all, bool record)
    {
        foreach (var rounds in all)
        {
            await rounds.RunAsync(CallsPerRound, AtOnce, record);
        }
    }

    private static SaveStateRequest SaveOf(string key, ByteString value)
    {
        var request = new SaveStateRequest { StoreName = DaprComponents.StateStore };
        request.States.Add(new StateItem { Key = key, Value = value });
        return request;
    }
}
