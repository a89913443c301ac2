using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Errors;
using LlmDapr.Simulator.Limits;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Simulator.Tests.Limits;

public sealed class RateLimitsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RateLimits _limits;

    public RateLimitsTests() => _limits = new RateLimits(_time, Options.Create(new SimulatorOptions()));

    [Fact]
    public void Take_NoLimits_WritesNoHeaders()
    {
        var headers = new HeaderDictionary();
        Assert.Null(_limits.Take("sim", Behaviour.Default, 1000, headers));
        Assert.Empty(headers);
    }

    [Fact]
    public void Take_RequestsPerMinute_AreRefilledContinuously()
    {
        Behaviour behaviour = Behaviour.Default with { Rpm = 2 };
        Assert.Null(Take(behaviour, 1));
        Assert.Null(Take(behaviour, 1));

        ProviderError error = Assert.IsType<ProviderError>(Take(behaviour, 1));
        Assert.Equal(
            "Rate limit reached for m in organization org-simulator on requests per min (RPM): Limit 2, Used 2, Requested 1. Please try again in 30s. "
            + "Visit https://platform.openai.com/account/rate-limits to learn more.",
            error.Message);
        Assert.Equal((429, "requests", "rate_limit_exceeded", TimeSpan.FromSeconds(30)), (error.Status, error.Type, error.Code, error.RetryAfter));

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.NotNull(Take(behaviour, 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Take(behaviour, 1));
        Assert.NotNull(Take(behaviour, 1));
    }

    [Fact]
    public void Take_TokensPerMinute_RefusedRequestTakesNothing()
    {
        Behaviour behaviour = Behaviour.Default with { Tpm = 600, Rpm = 100 };
        Assert.Null(Take(behaviour, 400));
        ProviderError error = Assert.IsType<ProviderError>(Take(behaviour, 300));
        Assert.StartsWith("Rate limit reached for m in organization org-simulator on tokens per min (TPM): Limit 600, Used 400, Requested 300. Please try again in 10s.", error.Message, StringComparison.Ordinal);
        Assert.Equal(("tokens", TimeSpan.FromSeconds(10)), (error.Type, error.RetryAfter));

        var headers = new HeaderDictionary();
        Assert.Null(_limits.Take("m", behaviour, 200, headers));
        Assert.Equal("98", headers["x-ratelimit-remaining-requests"]);
    }

    [Fact]
    public void Take_MoreTokensThanTheLimit_IsTooLargeWithoutRetryAfter()
    {
        ProviderError error = Assert.IsType<ProviderError>(Take(Behaviour.Default with { Tpm = 10 }, 11));
        Assert.StartsWith("Request too large for m in organization org-simulator on tokens per min (TPM): Limit 10, Requested 11.", error.Message, StringComparison.Ordinal);
        Assert.Null(error.RetryAfter);
    }

    [Fact]
    public void Take_WithLimits_WritesOpenAisHeaders()
    {
        var headers = new HeaderDictionary();
        _limits.Take("m", Behaviour.Default with { Rpm = 60, Tpm = 150_000 }, 1500, headers);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["x-ratelimit-limit-requests"] = "60",
                ["x-ratelimit-remaining-requests"] = "59",
                ["x-ratelimit-reset-requests"] = "1s",
                ["x-ratelimit-limit-tokens"] = "150000",
                ["x-ratelimit-remaining-tokens"] = "148500",
                ["x-ratelimit-reset-tokens"] = "600ms",
            },
            headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
    }

    [Fact]
    public void Reset_AfterUse_MakesAllowancesFull()
    {
        Behaviour behaviour = Behaviour.Default with { Rpm = 1 };
        Take(behaviour, 1);
        _limits.Reset();
        Assert.Null(Take(behaviour, 1));
    }

    private ProviderError? Take(Behaviour behaviour, int tokens) => _limits.Take("m", behaviour, tokens, new HeaderDictionary());
}
