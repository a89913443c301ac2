using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Net.Client;
using LlmDapr.Benchmarks.State;
using LlmDapr.Contracts;
using LlmDapr.Testing;
using RpcClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace LlmDapr.Benchmarks.Jobs;

/// <summary>
/// What it costs to accept a job (<c>POST /v1/async/chat/completions</c> to 202: the record in the state store, the message in the broker), against durable
/// writes of 1 KB through the same sidecar, in turns. Everything runs in processes of its own; the workers are paused.
/// </summary>
internal static class AcceptanceBenchmark
{
    private const int AtOnce = 64;
    private const int WritesPerRound = 2000;
    private const int JobsPerRound = 600;
    private const int RoundCount = 21;
    private const int Keys = 1000;
    private const double Limit = 1.0 / 6;

    public static async Task<int> RunAsync()
    {
        await using var system = await BuiltSystem.StartAsync(BuiltSystem.WorkersPaused);
        using var channel = GrpcChannel.ForAddress(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{system.Report.App(AppIds.Edge).DaprGrpcPort}"));
        var rpcs = new RpcClient(channel);
        var value = ByteString.CopyFrom(new byte[1024]);
        var jobs = new JobCaller(system, BuiltSystem.ModelWithoutEnd);
        var write = new Rounds("durable state writes", async i => await rpcs.SaveStateAsync(SaveOf($"bench-{i % Keys}", value)));
        var accept = new Rounds("accepted jobs", i => jobs.SubmitAsync(i, CancellationToken.None));
        // Until edge and the sidecar have compiled everything for good, which takes some tens of thousands of requests.
        await write.RunAsync(WritesPerRound * 10, AtOnce, record: false);
        await accept.RunAsync(JobsPerRound * 80, AtOnce, record: false);
        ProcessorTime[] times =
        [
            new("edge", system.PidOf(AppIds.Edge)),
            new("sidecar", system.Report.App(AppIds.Edge).SidecarPid),
            new("generation", system.PidOf(AppIds.Generation)),
            new("callers", Environment.ProcessId),
        ];
        for (var i = 0; i < RoundCount; i++)
        {
            await write.RunAsync(WritesPerRound, AtOnce, record: true);
            Array.ForEach(times, time => time.Start());
            await accept.RunAsync(JobsPerRound, AtOnce, record: true);
            Array.ForEach(times, time => time.Stop());
        }

        foreach (var rounds in new[] { write, accept })
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {rounds.Name,-22}{rounds.Median,8:0} a second"));
        }

        var used = times.Select(time => string.Create(CultureInfo.InvariantCulture, $"{time.Name} {time.Used.TotalMicroseconds / (RoundCount * JobsPerRound):0}"));
        Console.WriteLine($"  processor time of an accepted job, µs: {string.Join(", ", used)}");
        var ratio = accept.Of(write);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"accepted jobs {ratio:0.00} x durable state writes (limit {Limit:0.00}), {AtOnce} callers, median of {RoundCount} rounds"));
        return ratio >= Limit ? 0 : 1;
    }

    private static SaveStateRequest SaveOf(string key, ByteString value)
    {
        var request = new SaveStateRequest { StoreName = DaprComponents.StateStore };
        request.States.Add(new StateItem { Key = key, Value = value });
        return request;
    }
}
