using System.Text.Json;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;

namespace LlmDapr.Dapr.Conformance.Resiliency;

/// <summary>
/// Cases that share their resources, and the sidecars and apps that they run against, one case after the other. A case with steps is a
/// group of its own: its breakers have to be new.
/// </summary>
internal sealed class ResiliencyGroup : IAsyncDisposable
{
    private readonly RecordedApp _caller = RecordedApp.Start("caller");
    private readonly RecordedApp _callee = RecordedApp.Start("callee");
    private readonly RecordedApp _down = RecordedApp.Start("down", open: false);
    private readonly bool _usesDead;
    private bool _deadIsDead;
    private SidecarFleet _fleet = null!;

    public ResiliencyGroup(int number, IReadOnlyList<RecordedCase> cases)
    {
        Names = new GroupNames(number);
        Cases = [.. cases.Select(Names.Rename)];
        _usesDead = Uses("dead");
        foreach (var recorded in Cases)
        {
            AppScripts.Prepare(_callee, recorded);
        }
    }

    public GroupNames Names { get; }

    /// <summary>The cases, in this group's names.</summary>
    public IReadOnlyList<RecordedCase> Cases { get; }

    /// <summary>The port of the sidecar that cases are sent to.</summary>
    public int Port => _fleet[Names.Of("caller")].Http;

    /// <summary>What the sidecar's process has written.</summary>
    public string Output => _fleet.Output(Names.Of("caller"));

    /// <summary>What the apps got since <see cref="Clear"/>, in order.</summary>
    public IReadOnlyList<ReceivedRequest> Received => [.. _caller.Received.Concat(_callee.Received).OrderBy(request => request.AtMs)];

    public IEnumerable<SidecarSpec> Sidecars
    {
        get
        {
            yield return new SidecarSpec(Names.Of("caller"), _caller.Port) { Resources = Resources(Cases[0]) };
            yield return new SidecarSpec(Names.Of("callee"), _callee.Port);
            if (Uses("down"))
            {
                yield return new SidecarSpec(Names.Of("down"), _down.Port) { BecomesReady = false };
            }

            if (_usesDead)
            {
                yield return new SidecarSpec(Names.Of("dead"), _callee.Port);
            }
        }
    }

    /// <summary>Cases of one key can share a group.</summary>
    public static string KeyOf(RecordedCase recorded) =>
        recorded.Part("steps").ValueKind == JsonValueKind.Array ? recorded.Id : recorded.Part("resources").GetRawText();

    /// <summary>Says where the sidecars of this group run.</summary>
    public void Attach(SidecarFleet fleet) => _fleet = fleet;

    /// <summary>Runs one of the cases and returns what differs from its recording.</summary>
    public async Task<List<string>> RunAsync(RecordedCase recorded, CancellationToken cancel)
    {
        if (_usesDead && !_deadIsDead)
        {
            await _fleet.KillAsync(Names.Of("dead"), cancel);
            _deadIsDead = true;
        }

        var differences = new List<string>();
        await (recorded.Part("steps").ValueKind == JsonValueKind.Array
            ? StepRun.RunAsync(this, recorded, differences, cancel)
            : ExchangeRun.RunAsync(this, recorded, differences, cancel));
        LogComparison.Compare(this, recorded, differences);
        return differences;
    }

    /// <summary>Forgets what the apps got and counted.</summary>
    public void Clear()
    {
        _caller.Clear();
        _callee.Clear();
    }

    public Placeholders NewPlaceholders() => new Placeholders()
        .With("caller-app", $"{_caller.Port}")
        .With("callee-app", $"{_callee.Port}")
        .With("down-app", $"{_down.Port}");

    public async ValueTask DisposeAsync()
    {
        await _caller.DisposeAsync();
        await _callee.DisposeAsync();
        await _down.DisposeAsync();
    }

    private static Dictionary<string, string> Resources(RecordedCase recorded) =>
        recorded.Part("resources").EnumerateObject().ToDictionary(file => file.Name, file => file.Value.GetString()!);

    private bool Uses(string recordedId) =>
        Cases.Any(recorded => recorded.Json.GetRawText().Contains($"/v1.0/invoke/{Names.Of(recordedId)}/", StringComparison.Ordinal));
}
