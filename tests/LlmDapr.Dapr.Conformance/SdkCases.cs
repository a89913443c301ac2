using System.Text.Json;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sdk;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;

namespace LlmDapr.Dapr.Conformance;

/// <summary>The owed cases of sdk.json: the real Dapr.Client 1.19.0 against the sidecar.</summary>
public sealed class SdkCases
{
    private static readonly Dictionary<string, string> Components = new()
    {
        ["components.yaml"] = string.Join(
            "---\n",
            Component("lockstore", "lock.redis"),
            Component("mem", "state.in-memory"),
            Component("ps", "pubsub.redis"),
            Component("psmem", "pubsub.in-memory"),
            Component("red", "state.redis"),
            Component("sql", "state.sqlite")),
    };

    private static readonly Dictionary<string, string> Token = new() { ["DAPR_API_TOKEN"] = "tok-1" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite", "sdkc", "sql", null)]
    [InlineData("token-good", "sdkt", "mem", "tok-1")]
    [InlineData("token-missing", "sdkt", "mem", null)]
    public async Task Sdk_AgainstTheSidecar_GivesTheSame(string group, string appId, string store, string? token)
    {
        await using var fleet = await SidecarFleet.StartAsync(
            [new(appId) { Resources = Components, Environment = group == "sqlite" ? new Dictionary<string, string>() : Token }], Cancel);
        using var probe = new SdkProbe(fleet[appId], token, store, "psmem");
        var placeholders = new Placeholders();
        var cases = new CaseList();
        if (group == "sqlite")
        {
            // In the recording an earlier group had set it in the same daprd.
            await probe.RunAsync("set metadata", Cancel);
        }

        foreach (var id in Owed.Ids("sdk", group))
        {
            var recorded = RecordingFile.Find(id);
            var differences = new List<string>();
            var wanted = JsonDocument.Parse(recorded.Receive.GetRawText().Replace("\"daprRuntimeVersion\": \"edge\"", "\"daprRuntimeVersion\": \"<version>\"", StringComparison.Ordinal)).RootElement;
            JsonComparison.Compare(recorded.Name, wanted, await probe.RunAsync(recorded.Name, Cancel), placeholders, differences);
            cases.Give(id, differences);
        }

        cases.Check();
    }

    // They are never connected to: the development sidecar keeps everything itself, whatever the type.
    private static string Component(string name, string type) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: {type}\n  version: v1\n";
}
