using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Grpc;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;

namespace LlmDapr.Dapr.Conformance;

/// <summary>The owed cases of state-grpc.json. Cases of a group build on each other and run in the recorded order.</summary>
public sealed class StateGrpcCases
{
    private const string NotSampled = "00-00000000000000000000000000000000-0000000000000000-00";
    private const string TracingOff = "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: off\nspec:\n  tracing:\n    samplingRate: \"0\"\n";

    private static readonly Dictionary<string, string> Components = new()
    {
        ["components.yaml"] = string.Join(
            "---\n",
            Component("lk", "lock.redis"),
            Component("mem", "state.in-memory"),
            Component("ps", "pubsub.redis", "redisHost", "127.0.0.1:6379"),
            Component("psmem", "pubsub.in-memory"),
            Component("red", "state.redis", "redisHost", "127.0.0.1:6379"),
            Component("sql", "state.sqlite", "connectionString", "file:conformance.db"),
            Component("web", "bindings.http", "url", "http://127.0.0.1:1")),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StateGrpc_Sqlite_AnswersTheSame()
    {
        await using var fleet = await SidecarFleet.StartAsync(
            [new("stg") { Resources = new Dictionary<string, string> { ["sql.yaml"] = Component("sql", "state.sqlite", "connectionString", "file:conformance.db") } }], Cancel);
        using var run = new GrpcCaseRun(fleet["stg"], new Placeholders().With("traceparent", NotSampled));
        var cases = new CaseList();

        foreach (var id in Owed.Ids("state-grpc", "sqlite"))
        {
            switch (RecordingFile.Find(id).Name)
            {
                case "ttl-1-get":
                    await Task.Delay(TimeSpan.FromSeconds(2.3), TimeProvider.System, Cancel);
                    break;
                case "big-bulk-get":
                    await SaveSecondAsync(fleet["stg"]);
                    break;
            }

            cases.Give(id, await run.RunAsync(id, Cancel));
        }

        cases.Check();
    }

    [Fact]
    public async Task StateGrpc_General_AnswersTheSame()
    {
        await using var app = RecordedApp.Start("app");
        var off = Directory.CreateTempSubdirectory("llmdapr-conformance-config-");
        var config = Path.Combine(off.FullName, "off.yaml");
        await File.WriteAllTextAsync(config, TracingOff, Cancel);
        await using var fleet = await SidecarFleet.StartAsync(
            [
                new("stg", app.Port) { Resources = Components },
                new("tok") { Environment = new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "tok-1" } },
                new("troff") { Flags = ["--config", config], Resources = new Dictionary<string, string> { ["mem.yaml"] = Component("mem", "state.in-memory") } },
                new("nost"),
            ],
            Cancel);
        var placeholders = new Placeholders().With("traceparent", NotSampled).With("app", $"{app.Port}");
        using var general = new GrpcCaseRun(fleet["stg"], placeholders);
        using var token = new GrpcCaseRun(fleet["tok"], placeholders);
        using var traceOff = new GrpcCaseRun(fleet["troff"], new Placeholders().With("traceparent", Placeholders.GivenTrace));
        using var none = new GrpcCaseRun(fleet["nost"], placeholders);
        var cases = new CaseList();

        foreach (var id in Owed.Ids("state-grpc", "general").Where(id => !id.Contains("/shutdown", StringComparison.Ordinal)))
        {
            var name = RecordingFile.Find(id).Name;
            if (name == "token-reflection-good")
            {
                // The case says "token sent" and shows no metadata.
                continue;
            }

            var run = name.StartsWith("token-", StringComparison.Ordinal) ? token : name.StartsWith("trace-off-", StringComparison.Ordinal) ? traceOff : general;
            cases.Give(id, await run.RunAsync(id, Cancel));
        }

        foreach (var id in Owed.Ids("state-grpc", "none-configured"))
        {
            cases.Give(id, await none.RunAsync(id, Cancel));
        }

        off.Delete(recursive: true);
        cases.Check();
    }

    [Fact]
    public async Task StateGrpc_Token_AnswersTheSame()
    {
        await using var app = RecordedApp.Start("app");
        await using var fleet = await SidecarFleet.StartAsync(
            [
                new("tok", app.Port)
                {
                    Environment = new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "tok-1", ["APP_API_TOKEN"] = "app-1" },
                    Resources = new Dictionary<string, string> { ["mem.yaml"] = Component("mem", "state.in-memory") },
                },
            ],
            Cancel);
        using var run = new GrpcCaseRun(fleet["tok"], new Placeholders().With("traceparent", NotSampled).With("app", $"{app.Port}"));
        var cases = new CaseList();

        foreach (var id in Owed.Ids("state-grpc", "token"))
        {
            cases.Give(id, await run.RunAsync(id, Cancel));
        }

        cases.Check();
    }

    [Fact]
    public async Task StateGrpc_Shutdown_AnswersAndEndsTheSame()
    {
        await using var fleet = await SidecarFleet.StartAsync([new("stg")], Cancel);
        using var run = new GrpcCaseRun(fleet["stg"], new Placeholders());
        var cases = new CaseList();

        cases.Give("state-grpc/general/shutdown", await run.RunAsync("state-grpc/general/shutdown", Cancel));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var code = await fleet.ExitCodeAsync("stg", patience.Token);
        cases.Give("state-grpc/general/shutdown-exit", code == 0 ? [] : [$"the exit code is {code}"]);
        cases.Check();
    }

    private static string Component(string name, string type, string? setting = null, string? value = null) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: {type}\n  version: v1\n"
        + (setting is null ? "" : $"  metadata:\n  - name: {setting}\n    value: \"{value}\"\n");

    // Two values were saved, of which the recording shows the first.
    private static async Task SaveSecondAsync(SidecarAddress address)
    {
        using var wire = new GrpcWire(address.Grpc);
        var first = GrpcRequest.Read(RecordingFile.Find("state-grpc/sqlite/big-bulk"), new EtagHistory());
        var save = global::Dapr.Client.Autogen.Grpc.v1.SaveStateRequest.Parser.ParseFrom(first.Message);
        save.States[0].Key = "h2";
        await wire.CallAsync(first.Path, Google.Protobuf.MessageExtensions.ToByteArray(save), [], Cancel);
    }
}
