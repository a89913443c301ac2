using LlmDapr.Contracts.Hop;
using LlmDapr.Contracts.Requests;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.PromptCache.Tests.Freshness;

public sealed class CachePlannerTests
{
    private const string Warm = """{"model":"m","messages":[{"role":"user","content":"hi"}],"temperature":0.7}""";
    private const string Embedding = """{"model":"e","input":"hi"}""";

    [Fact]
    public async Task TryPlan_Defaults_DeterministicRequestsForAnHour()
    {
        await using var replica = NewReplica();
        var plan = replica.Plan();
        Assert.Equal((true, true, TimeSpan.FromHours(1), TimeSpan.Zero), (plan.Reads, plan.Stores, plan.Ttl, plan.Stale));
        Assert.Equal(("t", "m", null), (plan.Tenant, plan.Model, plan.MaxAge));
        Assert.True(replica.Plan(body: Warm).IsBypass);
        Assert.False(replica.Plan(body: Embedding, kind: RequestKind.Embeddings).IsBypass);
    }

    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData("off", null, null, true)]
    [InlineData("all", null, null, false)]
    [InlineData("off", CacheMode.Deterministic, null, false)]
    [InlineData("all", CacheMode.Off, null, true)]
    [InlineData("all", CacheMode.Off, "all", true)]
    [InlineData("all", CacheMode.All, "off", true)]
    [InlineData("off", null, "deterministic", false)]
    public async Task TryPlan_Modes_OffOfModelOrTenantHolds(string? mode, CacheMode? model, string? tenant, bool isBypass)
    {
        await using var replica = NewReplica(("Cache:Mode", mode ?? "deterministic"), ("Cache:Tenants:dapr:billing:Mode", tenant ?? "all"), ("Cache:Tenants:other:Ttl", "00:00:05"));
        Assert.Equal(isBypass, replica.Plan(tenant is null ? "t" : "dapr:billing", policy: new CachePolicy(model, null, null)).IsBypass);
    }

    [Theory]
    [InlineData("all", null, false)]
    [InlineData("all", CacheMode.Deterministic, true)]
    [InlineData("deterministic", CacheMode.All, false)]
    public async Task TryPlan_RequestThatAsksForAnotherDraw_OnlyWhereAllAreCached(string mode, CacheMode? model, bool isBypass)
    {
        await using var replica = NewReplica(("Cache:Mode", mode));
        Assert.Equal(isBypass, replica.Plan(body: Warm, policy: new CachePolicy(model, null, null)).IsBypass);
    }

    [Fact]
    public async Task TryPlan_Times_CallerBeforeTenantBeforeModelBeforeDefault()
    {
        await using var replica = NewReplica(
            ("Cache:Ttl", "00:10:00"),
            ("Cache:StaleWhileRevalidate", "00:01:00"),
            ("Cache:Tenants:key:ABCDEF:Ttl", "00:00:30"),
            ("Cache:Tenants:key:ABCDEF:StaleWhileRevalidate", "00:00:03"));
        var policy = new CachePolicy(null, 120, 12);
        Assert.Equal((600, 60), Times(replica.Plan()));
        Assert.Equal((120, 12), Times(replica.Plan(policy: policy)));
        Assert.Equal((30, 3), Times(replica.Plan("key:abcdef", policy: policy)));
        Assert.Equal((7, 3), Times(replica.Plan("key:abcdef", policy: policy, ttl: "7")));
        Assert.Equal((600, 60), Times(replica.Plan("key:abcde", policy: null)));
    }

    [Fact]
    public async Task TryPlan_TtlAboveTheLongest_IsCut()
    {
        await using var replica = NewReplica(("Cache:MaxTtl", "02:00:00"), ("Cache:Tenants:long:Ttl", "5.00:00:00"));
        var policy = new CachePolicy(null, 1_000_000, 1_000_000);
        Assert.Equal((7200, 7200), Times(replica.Plan(policy: policy)));
        Assert.Equal((7200, 0), Times(replica.Plan(ttl: "99999999999")));
        Assert.Equal((7200, 0), Times(replica.Plan("long")));
    }

    [Fact]
    public async Task TryPlan_CallersWishes_DecideOnReadingAndStoring()
    {
        await using var replica = NewReplica();
        Assert.True(replica.Plan(cacheControl: "no-store").IsBypass);
        Assert.Equal((false, true), Uses(replica.Plan(cacheControl: "no-cache")));
        Assert.Equal((false, true), Uses(replica.Plan(cacheControl: "max-age=0")));
        Assert.Equal((true, false), Uses(replica.Plan(ttl: "0")));
        Assert.True(replica.Plan(cacheControl: "no-cache", ttl: "0").IsBypass);
        Assert.Equal(TimeSpan.FromSeconds(9), replica.Plan(cacheControl: "max-age=9").MaxAge);
    }

    [Fact]
    public async Task TryPlan_WrongHeader_IsAnErrorEvenWhereNothingIsCached()
    {
        await using var replica = NewReplica(("Cache:Mode", "off"));
        Assert.False(replica.TryPlan(out var plan, out var error, ttl: "soon"));
        Assert.True(plan.IsBypass);
        Assert.Equal(400, error!.Status);
    }

    [Fact]
    public async Task TryPlan_OtherTenantOrIdentityOrKind_OtherKey()
    {
        await using var replica = NewReplica();
        Assert.NotEqual(replica.Plan("a").Key, replica.Plan("b").Key);
        Assert.Equal(replica.Plan("a").Key, replica.Plan("a", cacheControl: "no-cache").Key);
    }

    [Fact]
    public async Task TryPlan_Bypass_IsCountedByReason()
    {
        await using var replica = NewReplica();
        using var bypassed = replica.Count(CacheMetrics.BypassedName);
        replica.Plan(body: Warm);
        replica.Plan(cacheControl: "no-store");
        replica.Plan(policy: new CachePolicy(CacheMode.Off, null, null));
        Assert.Equal(["not_deterministic", "no_store", "off"], bypassed.GetMeasurementSnapshot().Select(measured => (string)measured.Tags["reason"]!));
    }

    private static Replica NewReplica(params (string, string)[] settings)
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-01-02T03:04:05Z", System.Globalization.CultureInfo.InvariantCulture));
        return new Replica(new FakeDapr(new FakeState(time)), time, settings);
    }

    private static (double, double) Times(CachePlan plan) => (plan.Ttl.TotalSeconds, plan.Stale.TotalSeconds);

    private static (bool, bool) Uses(CachePlan plan) => (plan.Reads, plan.Stores);
}
