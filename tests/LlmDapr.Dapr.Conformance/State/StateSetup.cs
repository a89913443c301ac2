using System.Text.Json;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.State;

/// <summary>
/// The sidecars behind state-http.json: <c>sta</c> with the stores mem, mem2, red and sql, and <c>stb</c> with none. Cases of a group build
/// on each other, and the recording has not all that was done between them: <see cref="PrepareAsync"/> does it.
/// </summary>
internal sealed class StateSetup : IAsyncDisposable
{
    private readonly Dictionary<string, string> _firstEtags = new(StringComparer.Ordinal);
    private readonly SidecarFleet _fleet;
    private readonly CancellationToken _cancel;

    private StateSetup(SidecarFleet fleet, CancellationToken cancel) => (_fleet, _cancel) = (fleet, cancel);

    public static async Task<StateSetup> StartAsync(CancellationToken cancel)
    {
        var stores = new Dictionary<string, string>
        {
            ["mem.yaml"] = Component("mem", "state.in-memory"),
            ["mem2.yaml"] = Component("mem2", "state.in-memory"),
            ["red.yaml"] = Component("red", "state.redis", ("redisHost", $"127.0.0.1:{RecordedStores.RedisPort}")),
            ["sql.yaml"] = Component("sql", "state.sqlite", ("connectionString", Path.Combine(Path.GetTempPath(), $"llmdapr-conformance-{Guid.NewGuid():N}.db"))),
        };
        return new StateSetup(await SidecarFleet.StartAsync([new("sta") { Resources = stores }, new("stb")], cancel), cancel);
    }

    /// <summary>The HTTP port of <c>sta</c>.</summary>
    public int Port => _fleet["sta"].Http;

    /// <summary>Runs a case and returns what differs.</summary>
    public async Task<List<string>> RunAsync(string id)
    {
        var recorded = RecordingFile.Find(id);
        await PrepareAsync(recorded.Name);
        var sent = new Placeholders().With("traceparent", Placeholders.GivenTrace);
        if (recorded.Send.GetRawText().Contains("<uuid>", StringComparison.Ordinal))
        {
            sent.With("uuid", await EtagForAsync(recorded));
        }

        var request = SentRequest.Read(recorded.Send, sent);
        if (recorded.Name.Contains("chunked", StringComparison.Ordinal))
        {
            request = request with { Framing = "chunked" };
        }

        var differences = new List<string>();
        var answer = await WireClient.ExchangeAsync(_fleet[recorded.Name.StartsWith("none-configured", StringComparison.Ordinal) ? "stb" : "sta"].Http, request, _cancel);
        AnswerComparison.Compare(recorded.Receive, answer, new Placeholders(), differences);
        if (request.Method == "GET" && answer.Headers.First("etag") is { } etag)
        {
            _firstEtags.TryAdd(request.Target, etag);
        }

        return differences;
    }

    /// <summary>Saves a body, which must be taken.</summary>
    public async Task SaveAsync(string store, string body) => Assert.Equal(204, (await PostAsync(store, body)).Status);

    /// <summary>Posts a body to a store.</summary>
    public Task<WireAnswer> PostAsync(string store, string body) =>
        WireClient.ExchangeAsync(Port, new WireRequest("POST", $"/v1.0/state/{store}", [new("content-type", "application/json")], "length", System.Text.Encoding.UTF8.GetBytes(body)), _cancel);

    /// <summary>Reads a key.</summary>
    public Task<WireAnswer> GetAsync(string store, string key) => WireClient.ExchangeAsync(Port, WireRequest.Get($"/v1.0/state/{store}/{key}"), _cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    private static string Component(string name, string type, params (string Name, string Value)[] metadata) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: {type}\n  version: v1\n"
        + (metadata.Length == 0 ? "" : "  metadata:\n" + string.Concat(metadata.Select(one => $"    - name: {one.Name}\n      value: \"{one.Value}\"\n")));

    private async Task PrepareAsync(string name)
    {
        switch (name)
        {
            case "etag-first":
                await SaveAsync("sql", """[{"key":"e1","value":1}]""");
                break;
            case "etag-second":
                await SaveAsync("sql", """[{"key":"e1","value":2}]""");
                break;
            case "delete-existing":
                await SaveAsync("sql", $"[{string.Join(',', Enumerable.Range(0, 9).Select(i => $$"""{"key":"d{{i}}","value":1}"""))}]");
                break;
            case "bulk-mixed":
                await SaveAsync("sql", """[{"key":"bg1","value":{"a":1}},{"key":"bg2","value":"s"},{"key":"bgttl","value":1,"metadata":{"ttlInSeconds":"100"}}]""");
                break;
            case "fw-after-delete":
                await SaveAsync("sql", """[{"key":"fwd","value":1,"options":{"concurrency":"first-write"}}]""");
                Assert.Equal(204, (await WireClient.ExchangeAsync(Port, new WireRequest("DELETE", "/v1.0/state/sql/fwd", []), _cancel)).Status);
                break;
            case "two-stores-save":
                await SaveAsync("mem", """[{"key":"obj","value":{"a":1,"b":"x"}}]""");
                break;
            case "ttl-1-get":
                await Task.Delay(TimeSpan.FromSeconds(2.1), TimeProvider.System, _cancel);
                break;
            case "ttl-keep-get" or "ttl-keep2-get":
                await Task.Delay(TimeSpan.FromSeconds(3.2), TimeProvider.System, _cancel);
                break;
        }
    }

    // The current etag of the case's one key where it is a good one, else one that was e1's before.
    private async Task<string> EtagForAsync(RecordedCase recorded)
    {
        if (recorded.Name is not ("save-etag-good" or "save-etag-quoted" or "fw-good-etag" or "delete-if-match-good" or "delete-if-match-quoted" or "get-if-none-match" or "ttl-keep2-etag"))
        {
            return _firstEtags["/v1.0/state/sql/e1"];
        }

        var target = recorded.Send.GetProperty("target").GetString()!;
        if (recorded.Send.GetProperty("body") is { ValueKind: JsonValueKind.String } body)
        {
            using var items = JsonDocument.Parse(body.GetString()!);
            target += "/" + items.RootElement[0].GetProperty("key").GetString();
        }

        return (await WireClient.ExchangeAsync(Port, WireRequest.Get(target), _cancel)).Headers.First("etag")!;
    }
}
