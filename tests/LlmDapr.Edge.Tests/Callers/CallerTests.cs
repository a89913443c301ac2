using System.Net;
using System.Security.Cryptography;
using System.Text;
using LlmDapr.Edge.Tests.Hosting;

namespace LlmDapr.Edge.Tests.Callers;

public sealed class CallerTests
{
    [Fact]
    public async Task Hop_Headers_AreTheAllowList()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync(headers: [
            ("Authorization", "Bearer sk-caller"), ("x-request-id", "mine"), ("Accept", "text/event-stream"), ("Cookie", "a=b"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ("x-llmdapr-tenant", "admin"), ("x-llmdapr-priority", "batch"), ("x-llmdapr-call-id", "forged"), ("OpenAI-Organization", "org"), ("x-stainless-retry-count", "1")]);

        var call = Assert.Single(sidecar.Calls);
        string[] allowed = ["Accept", "Accept-Encoding", "Content-Length", "Content-Type", "Host", "traceparent", "x-llmdapr-call-id", "x-llmdapr-deadline-ms", "x-llmdapr-priority", "x-llmdapr-tenant", "x-request-id"];
        Assert.Equal(allowed, call.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
        Assert.Equal(Encoding.UTF8.GetByteCount(EdgeHost.Chat).ToString(System.Globalization.CultureInfo.InvariantCulture), call.Headers["Content-Length"]);
        Assert.Equal(("*/*", "identity", "interactive", "mine"), (call.Headers["Accept"], call.Headers["Accept-Encoding"], call.Headers["x-llmdapr-priority"], call.Headers["x-request-id"]));
        Assert.NotEqual("forged", call.Headers["x-llmdapr-call-id"]);
        Assert.Equal(32, call.Headers["x-llmdapr-call-id"].Length);
        Assert.Equal("application/json", call.Headers["Content-Type"]);
        Assert.Equal(EdgeHost.Chat, Encoding.UTF8.GetString(call.Body));
        Assert.DoesNotContain(call.Headers, header => header.Value.Contains("sk-caller", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hop_CallId_IsAnotherEachTime()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var first = await edge.ChatAsync();
        using var second = await edge.ChatAsync();

        Assert.Equal(2, sidecar.Calls.Select(call => call.Headers["x-llmdapr-call-id"]).Distinct().Count());
    }

    public static TheoryData<string?, string?, string?, string> Tenants => new()
    {
        { "Bearer sk-caller", null, null, Key("sk-caller") },
        { "bearer  sk-caller ", null, null, Key("sk-caller") },
        { "Bearer ", null, null, "anonymous" },
        { "Basic abc", null, null, "anonymous" },
        { null, null, null, "anonymous" },
        { null, "shop", "app-token", "dapr:shop" },
        { null, "shop", "wrong", "anonymous" },
        { null, "shop", null, "anonymous" },
        { null, null, "app-token", "anonymous" },
        { "Bearer sk-caller", "shop", "app-token", Key("sk-caller") },
    };

    [Theory]
    [MemberData(nameof(Tenants))]
    public async Task Tenant_AnyCaller_IsWhoItProvesToBe(string? authorization, string? appId, string? token, string tenant)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, ["--APP_API_TOKEN=app-token"]);
        (string, string)[] headers = [.. new[] { ("Authorization", authorization), ("dapr-caller-app-id", appId), ("dapr-api-token", token) }.Where(header => header.Item2 is not null).Select(header => (header.Item1, header.Item2!))];

        using var response = await edge.ChatAsync(headers: headers);

        Assert.Equal(tenant, sidecar.Calls.Single().Headers["x-llmdapr-tenant"]);
    }

    [Fact]
    public async Task Tenant_NoAppTokenConfigured_ProvesNothing()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync(headers: [("dapr-caller-app-id", "shop"), ("dapr-api-token", "")]);

        Assert.Equal("anonymous", sidecar.Calls.Single().Headers["x-llmdapr-tenant"]);
    }

    [Fact]
    public async Task Tenant_TwoAppIds_IsNobody()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, ["--APP_API_TOKEN=app-token"]);

        using var response = await edge.ChatAsync(headers: [("dapr-caller-app-id", "shop"), ("dapr-caller-app-id", "admin"), ("dapr-api-token", "app-token")]);

        Assert.Equal("anonymous", sidecar.Calls.Single().Headers["x-llmdapr-tenant"]);
    }

    [Theory]
    [InlineData("req-1._:A", true)]
    [InlineData("with space", false)]
    [InlineData("a,b", false)]
    [InlineData("é", false)]
    [InlineData(null, false)]
    public async Task RequestId_SaneOne_IsTakenElseMinted(string? given, bool taken)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync(headers: given is null ? [] : [("x-request-id", given == "é" ? "a{b}" : given)]);

        var id = response.Headers.GetValues("x-request-id").Single();
        Assert.Equal(taken, id == given);
        Assert.True(taken || id.StartsWith("req_", StringComparison.Ordinal));
        Assert.Equal(id, sidecar.Calls.Single().Headers["x-request-id"]);
    }

    [Fact]
    public async Task RequestId_TooLong_IsNotTaken()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var longest = await edge.ChatAsync(headers: ("x-request-id", new string('a', 128)));
        using var longer = await edge.ChatAsync(headers: ("x-request-id", new string('a', 129)));

        Assert.Equal(new string('a', 128), longest.Headers.GetValues("x-request-id").Single());
        Assert.StartsWith("req_", longer.Headers.GetValues("x-request-id").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "600000")]
    [InlineData("1500", "1500")]
    [InlineData("99999999999", "600000")]
    public async Task Deadline_Any_TravelsAndIsBounded(string? given, string sent)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, time: new WatchedTime());

        using var response = await edge.ChatAsync(headers: given is null ? [] : [("x-llmdapr-deadline-ms", given)]);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(sent, sidecar.Calls.Single().Headers["x-llmdapr-deadline-ms"]);
    }

    // The header says what is left, not what there was when the body began to arrive.
    [Fact]
    public async Task Deadline_SlowUpload_CountsAgainstIt()
    {
        var time = new WatchedTime();
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, time: time);

        using var raw = await RawHttp.OpenAsync(
            edge,
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nx-llmdapr-deadline-ms: 5000\r\nContent-Length: {EdgeHost.Chat.Length}",
            EdgeHost.Chat[..10]);
        await time.TimersAsync(TimeSpan.FromSeconds(7));
        time.Advance(TimeSpan.FromSeconds(2));
        await raw.WriteAsync(EdgeHost.Chat[10..]);
        await raw.ToEndAsync();

        Assert.Equal("3000", sidecar.Calls.Single().Headers["x-llmdapr-deadline-ms"]);
    }

    private static string Key(string key) => $"key:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16))}";
}
