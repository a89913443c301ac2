using System.Net;
using System.Text;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.State;

namespace LlmDapr.Sidecar.Tests.State;

public sealed class StateApiTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-stateapi-");
    private readonly SocketsHttpHandler _handler = new();
    private SidecarHost _host = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "store.yaml"),
            "kind: Component\nmetadata: { name: store }\nscopes: [edge, generation]\nspec: { type: state.redis, version: v1, metadata: [ { name: keyPrefix, value: llmdapr } ] }\n",
            Cancel);
        _host = await SidecarHost.StartAsync(
            [.. ((string[])["edge", "generation", "stranger"]).Select(id => new SidecarOptions { AppId = id, ResourcesPaths = [_folder.FullName] })], cancellationToken: Cancel);
        _client = new HttpClient(_handler);
    }

    [Fact]
    public async Task Save_ByOneApp_IsReadByAnotherOfTheScopes()
    {
        Assert.Equal(HttpStatusCode.NoContent, (await SaveAsync("""[{"key":"k","value":"v"}]""")).StatusCode);

        Assert.Equal("\"v\"", await _client.GetStringAsync(Url("generation", "/k"), Cancel));
        using var stranger = await _client.GetAsync(Url("stranger", "/k"), Cancel);
        Assert.Equal(HttpStatusCode.InternalServerError, stranger.StatusCode);
        Assert.Contains("state store store is not configured", await stranger.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_DiskFull_Is500AndTheRestGoesOn()
    {
        await SaveAsync("""[{"key":"k","value":"v"}]""");
        await LimitAsync(1);
        using var full = await SaveAsync($$"""[{"key":"big","value":"{{new string('x', 200_000)}}"}]""");

        Assert.Equal(HttpStatusCode.InternalServerError, full.StatusCode);
        Assert.Equal(
            """{"errorCode":"ERR_STATE_SAVE","message":"failed saving state in state store store: database or disk is full (13)"}""", await full.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("\"v\"", await _client.GetStringAsync(Url("edge", "/k"), Cancel));
        await LimitAsync(1_000_000);
        Assert.Equal(HttpStatusCode.NoContent, (await SaveAsync("""[{"key":"k","value":"w"}]""")).StatusCode);
    }

    [Fact]
    public async Task BulkGet_ValueThatIsNotJson_IsThatItemsError()
    {
        await _host.Instances[0].StateStores["store"].SaveAsync([new StateSave("raw", new byte[] { 1, 255 }), new StateSave("spaced", "{ \"a\": \"<\" }"u8.ToArray())], Cancel);
        using var answer = await _client.PostAsync(Url("edge", "/bulk"), Json("""{"keys":["raw","spaced"]}"""), Cancel);
        var body = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("the value is not JSON: read it with GET or over gRPC", body, StringComparison.Ordinal);
        Assert.Contains("\"key\":\"spaced\",\"data\":{\"a\":\"\\u003c\"}", body, StringComparison.Ordinal);
        Assert.Equal(new byte[] { 1, 255 }, await _client.GetByteArrayAsync(Url("edge", "/raw"), Cancel));
    }

    [Fact]
    public async Task Transaction_KnownStore_IsRefusedClearly()
    {
        using var answer = await _client.PostAsync(Url("edge", "/transaction"), Json("""{"operations":[]}"""), Cancel);

        Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
        Assert.Contains("not served by the development sidecar", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_NumberThatADoubleCannotHold_IsKept()
    {
        await SaveAsync("""[{"key":"k","value":{"b":12345678901234567890,"a":1.50}}]""");

        Assert.Equal("""{"a":1.5,"b":12345678901234567890}""", await _client.GetStringAsync(Url("edge", "/k"), Cancel));
    }

    [Fact]
    public async Task Save_BodyOverTheLimit_Is400AndNothingIsKept()
    {
        using var answer = await SaveAsync($$"""[{"key":"k","value":"{{new string('x', 5_000_000)}}"}]""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.GetAsync(Url("edge", "/k"), Cancel)).StatusCode);
    }

    [Fact]
    public async Task StartAsync_DataFileInUse_StartsNothing()
    {
        var file = Path.Combine(_folder.FullName, "data.db");
        await using var first = await SidecarHost.StartAsync([new SidecarOptions { AppId = "a" }], dataFile: file, cancellationToken: Cancel);

        var refused = await Assert.ThrowsAsync<StartException>(() => SidecarHost.StartAsync([new SidecarOptions { AppId = "b" }], dataFile: file, cancellationToken: Cancel));
        Assert.Contains("in use by another sidecar process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_TwoComponentsOfOneName_StartsNothing()
    {
        File.Copy(Path.Combine(_folder.FullName, "store.yaml"), Path.Combine(_folder.FullName, "zweitens.yaml"));

        var refused = await Assert.ThrowsAsync<StartException>(() => SidecarHost.StartAsync([new SidecarOptions { AppId = "edge", ResourcesPaths = [_folder.FullName] }], cancellationToken: Cancel));
        Assert.Contains("duplicate definition of Component name store (state.redis/v1) with existing store (state.redis/v1); rename one of them", refused.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _handler.Dispose();
        await _host.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private Uri Url(string appId, string path) => new($"http://127.0.0.1:{_host.Instances.Single(one => one.AppId == appId).HttpPort}/v1.0/state/store{path}");

    private Task<HttpResponseMessage> SaveAsync(string body) => _client.PostAsync(Url("edge", ""), Json(body), Cancel);

    private Task<int> LimitAsync(int pages) => _host.OpenDatabase().WriteAsync(connection => connection.Execute($"PRAGMA max_page_count={pages}"), Cancel);
}
