using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance;

/// <summary>The owed cases of basics.json but for app health and shutdown. Cases of a group build on each other and run in the recorded order.</summary>
public sealed class BasicsCases
{
    private const string StateStore =
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: store\nspec:\n  type: state.in-memory\n  version: v1\n";

    private const string Broker =
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: pubsub\nspec:\n  type: pubsub.in-memory\n  version: v1\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Basics_AppOpensItsPortLate_AnswerTheSame()
    {
        await using var app = RecordedApp.Start("app", open: false);
        await using var fleet = await SidecarFleet.StartAsync([new("waiter", app.Port) { BecomesReady = false }, new("caller")], Cancel);
        var placeholders = new Placeholders().With("app", $"{app.Port}");
        var cases = new CaseList();

        foreach (var id in Owed.Ids("basics", "waiting").Where(id => id != "basics/waiting/then-ready"))
        {
            var to = RecordingFile.Find(id).Send.GetProperty("to").GetString() == "caller daprd" ? "caller" : "waiter";
            cases.Give(id, await CaseExchange.RunAsync(id, fleet[to].Http, null, placeholders, Cancel));
        }

        cases.Give("basics/waiting/then-ready", await BecomeReadyAsync(app, fleet["waiter"].Http, placeholders));
        foreach (var id in Owed.Ids("basics", "ready", "route", "metadata").Where(id => id != "basics/metadata/full"))
        {
            cases.Give(id, await CaseExchange.RunAsync(id, fleet["waiter"].Http, null, placeholders, Cancel));
        }

        cases.Check();
    }

    [Fact]
    public async Task Basics_WithTokens_AnswerTheSame()
    {
        await using var app = RecordedApp.Start("app");
        var tokens = new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "secret-in", ["APP_API_TOKEN"] = "secret-out" };
        var apiToken = new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "secret-in" };
        await using var fleet = await SidecarFleet.StartAsync(
            [
                new("waiter", app.Port) { Environment = tokens, Resources = new Dictionary<string, string> { ["store.yaml"] = StateStore } },
                new("caller"),
                new("callee", app.Port),
                new("tkcaller") { Environment = apiToken },
                new("tkself", app.Port) { Environment = apiToken },
            ],
            Cancel);
        var placeholders = new Placeholders().With("app", $"{app.Port}").With("callee-app", $"{app.Port}");
        var cases = new CaseList();

        foreach (var id in Owed.Ids("basics", "api-token", "app-token").Where(id => id != "basics/app-token/startup"))
        {
            var to = RecordingFile.Find(id).Send.GetProperty("to").GetString() switch
            {
                "caller daprd with DAPR_API_TOKEN" => "tkcaller",
                "daprd with DAPR_API_TOKEN" => "tkself",
                "caller daprd" => "caller",
                _ => "waiter",
            };
            cases.Give(id, await CaseExchange.RunAsync(id, fleet[to].Http, app, placeholders, Cancel));
        }

        cases.Check();
    }

    [Fact]
    public async Task Startup_WithBrokerAndTokens_AsksTheAppTheSame()
    {
        await using var app = RecordedApp.Start("app");
        await using var full = RecordedApp.Start("full");
        string[] probing = ["--enable-app-health-check", "--app-max-concurrency", "7"];
        var resources = new Dictionary<string, string> { ["store.yaml"] = StateStore, ["pubsub.yaml"] = Broker };
        await using var fleet = await SidecarFleet.StartAsync(
            [
                new("tok", app.Port) { Flags = probing, Resources = resources, Environment = new Dictionary<string, string> { ["APP_API_TOKEN"] = "secret-out" } },
                new("full", full.Port) { Flags = probing, Resources = resources },
            ],
            Cancel);
        var placeholders = new Placeholders().With("callee-app", $"{app.Port}").With("app2", $"{full.Port}");
        var cases = new CaseList();

        foreach (var (id, asked) in ((string, RecordedApp)[])[("basics/app-token/startup", app), ("basics/startup/requests", full)])
        {
            await UntilAsync(() => asked.AskedBySidecar.Any(one => one.Target == "/healthz") && asked.AskedBySidecar.Count >= 3);
            var differences = new List<string>();
            ReceivedComparison.Compare(
                asked.Name, RecordingFile.Find(id).Part("app_received"), [.. asked.AskedBySidecar.Where(one => one.Target != "/healthz")], placeholders, differences);
            if (RecordingFile.Find(id).Json.TryGetProperty("probe_headers", out var headers))
            {
                HeaderComparison.Compare("probe", headers, asked.AskedBySidecar.First(one => one.Target == "/healthz").Headers, placeholders, differences);
            }

            cases.Give(id, differences);
        }

        const string Metadata = "basics/metadata/full";
        cases.Give(Metadata, await CaseExchange.RunAsync(Metadata, fleet["full"].Http, null, placeholders, Cancel));
        cases.Check();
    }

    private static async Task<List<string>> BecomeReadyAsync(RecordedApp app, int port, Placeholders placeholders)
    {
        var differences = new List<string>();
        app.Open();
        var opened = app.Elapsed;
        while ((await WireClient.ExchangeAsync(port, WireRequest.Get("/v1.0/healthz"), Cancel)).Status != 204)
        {
            if (app.Elapsed - opened > 5000)
            {
                return ["the sidecar did not become ready within 5 s of its app's port being open"];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }

        ReceivedComparison.Compare("app", RecordingFile.Find("basics/waiting/then-ready").Part("app_received"), app.AskedBySidecar, placeholders, differences);
        return differences;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }
    }
}
