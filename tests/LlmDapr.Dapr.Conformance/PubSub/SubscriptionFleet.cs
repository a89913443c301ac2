using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;

namespace LlmDapr.Dapr.Conformance.PubSub;

/// <summary>
/// An app and a sidecar for each owed case of start, route and decl. All sidecars share a process and with it a broker, so each case has names of its
/// own, as long as the recorded ones.
/// </summary>
public sealed partial class SubscriptionFleet : IAsyncLifetime
{
    private static readonly string[] Groups = ["start", "route", "decl"];

    private readonly Dictionary<string, RecordedApp> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RecordedCase> _cases = new(StringComparer.Ordinal);
    private SidecarFleet _fleet = null!;

    /// <summary>The cases that run here; a sidecar that does not start has a process of its own.</summary>
    public static IEnumerable<string> Ids => Owed.Ids("pubsub-deliver", Groups).Where(id => id != "decl/bad-cel");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var specs = new List<SidecarSpec>();
        foreach (var (id, index) in Ids.Select((id, index) => (id, index)))
        {
            var recorded = Rename(RecordingFile.Find(id), index);
            var late = recorded.Name == "app-late";
            var app = RecordedApp.Start(AppIdOf(index), open: !late);
            app.OtherStatus = 200;
            SubscribeScript.Give(app, recorded.Part("subscription"));
            (_apps[id], _cases[id]) = (app, recorded);
            specs.Add(new SidecarSpec(app.Name, app.Port)
            {
                BecomesReady = !late,
                Flags = recorded.Name == "max-concurrency" ? ["--app-max-concurrency", "1"] : [],
                Environment = recorded.Name == "api-tokens" ? new Dictionary<string, string> { ["APP_API_TOKEN"] = "app-secret" } : new Dictionary<string, string>(),
                Resources = ResourcesOf(recorded, index),
            });
        }

        _fleet = await SidecarFleet.StartAsync(specs, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        foreach (var app in _apps.Values)
        {
            await app.DisposeAsync();
        }
    }

    /// <summary>A case with the names that it has here.</summary>
    public RecordedCase CaseOf(string id) => _cases[id];

    /// <summary>The app of a case.</summary>
    public RecordedApp AppOf(string id) => _apps[id];

    /// <summary>The HTTP port of a case's sidecar.</summary>
    public int PortOf(string id) => _fleet[_apps[id].Name].Http;

    /// <summary>A component of the given name, as the recordings used it.</summary>
    internal static string Component(string name) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: pubsub.in-memory\n  version: v1\n  metadata: []\n";

    private static string AppIdOf(int index) => string.Create(CultureInfo.InvariantCulture, $"a{index:000}");

    private static string BrokerOf(int index) => string.Create(CultureInfo.InvariantCulture, $"m{index:00}");

    private static RecordedCase Rename(RecordedCase recorded, int index)
    {
        var text = Names().Replace(recorded.Json.GetRawText(), match => match.Value switch
        {
            "app1" => AppIdOf(index),
            "mem" => BrokerOf(index),
            "mem2" => BrokerOf(index) + "2",
            _ => "s" + (char)('A' + (index % 26)),
        });
        return new RecordedCase(recorded.Id, JsonSerializer.Deserialize<JsonElement>(text));
    }

    private static Dictionary<string, string> ResourcesOf(RecordedCase recorded, int index) =>
        recorded.Part("resources") is { ValueKind: JsonValueKind.Object } files
            ? files.EnumerateObject().ToDictionary(
                file => file.Name,
                file => file.Value.GetString() is var text && text!.StartsWith("pubsub.in-memory named", StringComparison.Ordinal) ? Component(BrokerOf(index)) : text)
            : new Dictionary<string, string> { ["mem.yaml"] = Component(BrokerOf(index)) };

    [GeneratedRegex(@"\b(app1|mem2?|sc)\b")]
    private static partial Regex Names();
}
