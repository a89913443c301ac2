using System.Text;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Cache;

/// <summary>What the operator purges at one replica of edge is served by none.</summary>
public abstract class CachePurges(CacheSystem shared)
{
    private const string TenantKey = "sk-of-a-purged-tenant";
    private const string Bystander = "sim?words=6&seed=800";

    private static readonly TimeSpan Owed = TimeSpan.FromSeconds(5);

    private RunningSystem System => shared.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("key")]
    [InlineData("model")]
    [InlineData("tenant")]
    public async Task Purge_AtOneReplica_ReachesTheOtherInTimeAndNobodyElse(string by)
    {
        var model = $"sim?words=6&seed=80{by.Length}";
        var (here, there) = (await AskAsync(System.Http, model, "Here"), await AskAsync(System.Http, model, "There"));
        await AskAsync(System.Http, Bystander, "Not meant", key: null);
        await BothHaveAsync(model, "Here", TenantKey);
        await BothHaveAsync(model, "There", TenantKey);
        await BothHaveAsync(Bystander, "Not meant", key: null);

        string[] values = by switch
        {
            "key" => [here.Key!, there.Key!],
            "model" => [model],
            _ => [TenantOf(TenantKey)],
        };
        foreach (var value in values)
        {
            await PurgeAsync(by, value);
        }

        var purgedAt = TimeProvider.System.GetTimestamp();
        Assert.Equal("miss", (await AskAsync(System.Http, model, "Here")).Cache);

        // A miss at the other replica: what was just kept anew belongs to another prompt.
        await Eventually.TrueAsync(async () => (await AskAsync(shared.Second, model, "There")).Cache == "miss", "the other replica obeys the purge", Ct);
        Assert.InRange(TimeProvider.System.GetElapsedTime(purgedAt), TimeSpan.Zero, Owed);

        foreach (var http in new[] { System.Http, shared.Second })
        {
            Assert.Equal("hit", (await AskAsync(http, Bystander, "Not meant", key: null)).Cache);
        }

        // What is kept after the purge is served again, by both.
        await BothHaveAsync(model, "Here", TenantKey);
        await BothHaveAsync(model, "There", TenantKey);
    }

    private static string TenantOf(string key) => $"key:{Convert.ToHexStringLower(global::System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16))}";

    private async Task PurgeAsync(string by, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/cache/purge") { Content = new StringContent($$"""{"{{by}}":"{{value}}"}""", Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", CacheSystem.AdminKey);
        using var response = await System.Http.SendAsync(request, Ct);
        Assert.Equal("""{"purged":true}""", await response.Content.ReadAsStringAsync(Ct));
    }

    private async Task BothHaveAsync(string model, string prompt, string? key)
    {
        foreach (var http in new[] { System.Http, shared.Second })
        {
            await Eventually.TrueAsync(async () => (await AskAsync(http, model, prompt, key)).Cache == "hit", "both replicas have the answer", Ct);
        }
    }

    private static Task<CachedAnswer> AskAsync(HttpClient http, string model, string prompt, string? key = TenantKey) =>
        CachedAnswer.AskAsync(http, CachedAnswer.Deterministic(model, prompt, stream: false), key is null ? [] : [("Authorization", $"Bearer {key}")], Ct);
}
