using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Tests.Fakes;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.PromptCache.Tests.Freshness;

public sealed class CacheOptionsTests
{
    [Theory]
    [InlineData("Ttl", "00:00:00", "Ttl")]
    [InlineData("Ttl", "2.00:00:00", "raise Cache:MaxTtl")]
    [InlineData("StaleWhileRevalidate", "2.00:00:00", "Cache:StaleWhileRevalidate")]
    [InlineData("StaleWhileRevalidate", "-00:00:01", "StaleWhileRevalidate")]
    [InlineData("MaxTtl", "31.00:00:00", "MaxTtl")]
    [InlineData("MaxEntryBytes", "100", "MaxEntryBytes")]
    [InlineData("MemoryBytes", "1000", "set it to 0")]
    [InlineData("MemoryBytes", "-1", "MemoryBytes")]
    [InlineData("StoreTimeout", "00:00:00.001", "StoreTimeout")]
    [InlineData("WriteTimeout", "00:02:00", "WriteTimeout")]
    [InlineData("MaxPendingWrites", "0", "MaxPendingWrites")]
    [InlineData("MaxPendingBytes", "1", "MaxPendingBytes")]
    [InlineData("PurgePoll", "00:00:05", "PurgePoll")]
    [InlineData("Mode", "7", "deterministic")]
    [InlineData("Tenants:dapr:billing:Mode", "sometimes", "Cache:Tenants:dapr:billing:Mode is 'sometimes'")]
    [InlineData("Tenants:dapr:billing:Mode", "7", "off, deterministic or all")]
    [InlineData("Tenants:dapr:billing:Ttl", "soon", "such as 00:10:00")]
    [InlineData("Tenants:dapr:billing:Ttl", "00:00:00", "such as 00:10:00")]
    [InlineData("Tenants:dapr:billing:StaleWhileRevalidate", "-00:00:01", "such as 00:10:00")]
    [InlineData("Tenants:dapr:billing:Space", "x", "is not known")]
    [InlineData("Tenants:Mode", "all", "below Cache:Tenants stand tenants")]
    public void Options_WrongValue_SayWhatToChange(string name, string value, string message)
    {
        var time = new FakeTimeProvider();
        var thrown = Assert.Throws<OptionsValidationException>(() => new Replica(new FakeDapr(new FakeState(time)), time, ($"Cache:{name}", value)));
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_OuterLegalValues_AreTaken()
    {
        var time = new FakeTimeProvider();
        await using var replica = new Replica(
            new FakeDapr(new FakeState(time)),
            time,
            ("Cache:MaxTtl", "30.00:00:00"),
            ("Cache:Ttl", "30.00:00:00"),
            ("Cache:StaleWhileRevalidate", "30.00:00:00"),
            ("Cache:MaxEntryBytes", "2097152"),
            ("Cache:MemoryBytes", "0"),
            ("Cache:StoreTimeout", "00:00:05"),
            ("Cache:Tenants:event:https://example.com/x:Mode", "off"));
        Assert.True(replica.Plan("event:https://example.com/x").IsBypass);
        Assert.False(replica.Plan().IsBypass);
        Assert.Equal(TimeSpan.FromDays(60), replica.Get<IOptions<CacheOptions>>().Value.LongestLife);
    }
}
