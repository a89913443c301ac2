using System.Text.Json;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Tests.Control;

namespace LlmDapr.Simulator.Tests.Limits;

public sealed class LimitTests : SimulatorTest
{
    [Fact]
    public async Task Rpm_SecondRequest_Is429WithHeadersAndRetryAfter()
    {
        const string model = "sim?rpm=1";
        using HttpResponseMessage first = await PostAsync(ChatBody(model));
        Assert.Equal(("1", "0", "1m0s"), (
            Header(first, "x-ratelimit-limit-requests"), Header(first, "x-ratelimit-remaining-requests"), Header(first, "x-ratelimit-reset-requests")));

        using HttpResponseMessage second = await PostAsync(ChatBody(model, "\"stream\":true"));
        JsonElement error = await ErrorOfAsync(second, 429);
        Assert.Equal(("requests", "rate_limit_exceeded"), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
        Assert.StartsWith(
            "Rate limit reached for sim?rpm=1 in organization org-simulator on requests per min (RPM): Limit 1, Used 1, Requested 1. Please try again in ",
            error.GetProperty("message").GetString(),
            StringComparison.Ordinal);
        Assert.InRange(int.Parse(Header(second, "retry-after"), System.Globalization.CultureInfo.InvariantCulture), 50, 60);
        Assert.InRange(int.Parse(Header(second, "retry-after-ms"), System.Globalization.CultureInfo.InvariantCulture), 50_000, 60_000);
        Assert.Equal("0", Header(second, "x-ratelimit-remaining-requests"));
        CallCountsAssert.Equal(Simulator.Ledger.Of(model), requests: 2, completed: 1, rateLimited: 1);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("\"n\":2", 2)]
    public async Task Tpm_Request_TakesPromptAndAnswer(string more, int choices)
    {
        using HttpResponseMessage response = await PostAsync(ChatBody("sim?tpm=1000000&words=9", more));
        int answer = Enumerable.Range(0, choices).Sum(choice => TokenCounter.Count(Answer(9, choice)));
        int remaining = int.Parse(Header(response, "x-ratelimit-remaining-tokens"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(1_000_000 - 13 - answer, remaining);
    }

    [Fact]
    public async Task Tpm_MaxTokens_AreTakenAtTheStart()
    {
        using HttpResponseMessage response = await PostAsync(ChatBody("sim?tpm=1000000&words=9", "\"max_tokens\":500"));
        Assert.Equal("999487", Header(response, "x-ratelimit-remaining-tokens"));
    }

    [Theory]
    [InlineData("", 429, "requests")]
    [InlineData("&over=503", 503, "overloaded")]
    public async Task Concurrency_OneTooMany_IsRefusedUntilAPlaceIsFree(string over, int status, string type)
    {
        string model = "sim?concurrency=2&fault=gate&after=0" + over;
        using HttpResponseMessage first = await SendAsync(ChatBody(model, "\"stream\":true"), Cancel);
        using HttpResponseMessage second = await SendAsync(ChatBody(model, "\"stream\":true"), Cancel);

        using HttpResponseMessage third = await PostAsync(ChatBody(model));
        Assert.Equal(type, (await ErrorOfAsync(third, status)).GetProperty("type").GetString());
        Assert.True(third.Headers.Contains("retry-after"));

        Assert.Equal(2, Simulator.Gates.Release(model));
        await first.Content.ReadAsStringAsync(Cancel);
        await second.Content.ReadAsStringAsync(Cancel);
        await Simulator.WaitForAsync(model, counts => counts.Completed == 2, Cancel);
        using HttpResponseMessage fourth = await SendAsync(ChatBody(model, "\"stream\":true"), Cancel);
        Assert.Equal(200, (int)fourth.StatusCode);
        Assert.Equal(3, Simulator.Ledger.Of(model).PeakConcurrency);
    }

    [Fact]
    public async Task Concurrency_NextRequestOnTheLastByte_IsNeverRefused()
    {
        const string model = "sim?concurrency=3&words=5";
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async caller =>
        {
            for (int i = 0; i < 100; i++)
            {
                await PostStreamAsync(ChatBody(model, "\"stream\":true"));
            }
        }));
        CallCountsAssert.Equal(Simulator.Ledger.Of(model), requests: 300, completed: 300);
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();
}
