using System.Text;
using LlmDapr.Edge.Tests.Hosting;

namespace LlmDapr.Edge.Tests.Caching;

public sealed class CachePurgeTests
{
    private const string Key = "--LLMDAPR_ADMIN_KEY=sesame";

    [Theory]
    [InlineData("model", "m")]
    [InlineData("tenant", "anonymous")]
    [InlineData("key", null)]
    public async Task Purge_KeyModelOrTenant_TheAnswerIsServedNoMore(string by, string? value)
    {
        await using var rig = await CachingRig.StartAsync([Key]);
        var kept = await rig.AskAsync();

        using var response = await PurgeAsync(rig, $$"""{"{{by}}":"{{value ?? kept.Key}}"}""");

        Assert.Equal((200, """{"purged":true}"""), ((int)response.StatusCode, await EdgeHost.TextAsync(response)));
        Assert.Equal("miss", (await rig.AskAsync()).Cache);
        Assert.Equal("hit", (await rig.AskAsync()).Cache);
    }

    [Fact]
    public async Task Purge_AnotherModel_LeavesTheAnswer()
    {
        await using var rig = await CachingRig.StartAsync([Key]);
        await rig.AskAsync();

        using var response = await PurgeAsync(rig, """{"model":"other","tenant":"key:none"}""");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("hit", (await rig.AskAsync()).Cache);
    }

    [Fact]
    public async Task Purge_StoreDown_SaysSo()
    {
        await using var rig = await CachingRig.StartAsync([Key]);
        await rig.AskAsync();
        rig.Dapr.Break();

        using var response = await PurgeAsync(rig, """{"model":"m"}""");

        Assert.Equal((503, "service_unavailable"), await EdgeHost.ErrorAsync(response) is var error ? (error.Status, error.Type) : default);
        Assert.Equal("2", response.Headers.GetValues("retry-after").Single());
        Assert.Equal("miss", (await rig.AskAsync()).Cache);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer sesam")]
    [InlineData("Bearer ")]
    [InlineData("Basic sesame")]
    public async Task Purge_WithoutTheKey_Is401(string? authorization)
    {
        await using var rig = await CachingRig.StartAsync([Key]);
        await rig.AskAsync();

        using var response = await PurgeAsync(rig, """{"model":"m"}""", authorization);

        Assert.Equal((401, "invalid_admin_key", "Authorization"), await EdgeHost.ErrorAsync(response) is var error ? (error.Status, error.Code, error.Param) : default);
        Assert.Equal("hit", (await rig.AskAsync()).Cache);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--LLMDAPR_ADMIN_KEY=")]
    public async Task Purge_NoKeySet_Is403ThatSaysSo(string setting)
    {
        await using var rig = await CachingRig.StartAsync(setting.Length == 0 ? [] : [setting]);

        using var response = await PurgeAsync(rig, """{"model":"m"}""", "Bearer ");

        var error = await EdgeHost.ErrorAsync(response);
        Assert.Equal(403, error.Status);
        Assert.Contains("LLMDAPR_ADMIN_KEY", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, "invalid_json")]
    [InlineData("[]", null, "invalid_json")]
    [InlineData("{", null, "invalid_json")]
    [InlineData("{}", "key", "missing_required_parameter")]
    [InlineData("{\"model\":null}", "key", "missing_required_parameter")]
    [InlineData("{\"model\":1}", "model", "invalid_type")]
    [InlineData("{\"tenant\":\"\"}", "tenant", "invalid_type")]
    [InlineData("{\"key\":\"abc\"}", "key", "invalid_value")]
    [InlineData("{\"models\":\"m\"}", "models", "unknown_parameter")]
    public async Task Purge_BadBody_NamesTheField(string body, string? field, string code)
    {
        await using var rig = await CachingRig.StartAsync([Key]);

        using var response = await PurgeAsync(rig, body);

        Assert.Equal((400, field, code), await EdgeHost.ErrorAsync(response) is var error ? (error.Status, error.Param, error.Code) : default);
    }

    private static Task<HttpResponseMessage> PurgeAsync(CachingRig rig, string body, string? authorization = "Bearer sesame")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/admin/cache/purge") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return rig.Edge.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
