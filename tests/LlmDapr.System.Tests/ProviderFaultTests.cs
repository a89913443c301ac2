using System.Text;
using System.Text.Json.Nodes;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>What a caller sees of a provider's faults and words, through edge and sidecars.</summary>
public sealed class ProviderFaultTests(SharedSystem shared)
{
    private readonly RunningSystem _system = shared.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cut")]
    [InlineData("badjson")]
    [InlineData("end")]
    [InlineData("error-in-stream")]
    public async Task Stream_ProviderBreaksAfterWords_EndsInAnErrorEventAndABrokenBody(string fault)
    {
        var model = $"sim?words=20&after=7&fault={fault}&seed=11";
        using var response = await _system.Http.PostAsync(Chat.Body(model, "Break", stream: true), Ct);
        Assert.Equal(200, (int)response.StatusCode);

        var events = new List<string>();
        await Assert.ThrowsAnyAsync<IOException>(() => Chat.ReadEventsAsync(response, events, Ct));

        Assert.DoesNotContain("[DONE]", events);
        Assert.NotNull(JsonNode.Parse(events[^1])!["error"]);
        Assert.Single(events, data => JsonNode.Parse(data)!["error"] is not null);
        Assert.StartsWith(Chat.TextOf(events.SkipLast(1)), Chat.Expected(model, "Break"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ProviderForgetsDone_IsComplete()
    {
        const string Model = "sim?words=12&fault=nodone&seed=12";
        using var response = await _system.Http.PostAsync(Chat.Body(Model, "Forget", stream: true), Ct);
        var events = await Chat.EventsAsync(response, Ct);

        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal(Chat.Expected(Model, "Forget"), Chat.TextOf(events));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("end")]
    [InlineData("reset")]
    [InlineData("html200")]
    [InlineData("badjson")]
    public async Task Plain_ProviderBreaks_Is502AndNeverPartOfAnAnswer(string fault)
    {
        using var response = await _system.Http.PostAsync(Chat.Body($"sim?words=20&after=7&fault={fault}&seed=13", "Break", stream: false), Ct);

        Assert.Equal(502, (int)response.StatusCode);
        AssertError(await Chat.JsonAsync(response, Ct), "upstream_error");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RateLimit_OfTheProvider_ArrivesWithBodyAndHeaders(bool stream)
    {
        // Longer than generation waits for, and nobody else to ask.
        var model = $"sim?rpm=100&fault=status429&retryafter=30s&seed={(stream ? 14 : 15)}";
        using var response = await _system.Http.PostAsync(Chat.Body(model, "One", stream), Ct);

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Equal("30", Assert.Single(response.Headers.GetValues("retry-after")));
        Assert.Equal("100", Assert.Single(response.Headers.GetValues("x-ratelimit-limit-requests")));
        Assert.True(response.Headers.Contains("x-ratelimit-remaining-requests"));
        Assert.True(response.Headers.Contains("openai-processing-ms"));
        Assert.True(response.Headers.Contains("x-llmdapr-upstream-request-id"));
        var error = (await Chat.JsonAsync(response, Ct))["error"]!;
        Assert.Equal("rate_limit_exceeded", error["code"]!.GetValue<string>());
        Assert.Contains("Rate limit reached", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(1, (await _system.Simulator.OfAsync(model, Ct)).Requests);
    }

    [Fact]
    public async Task BadRequest_OfTheProvider_ArrivesAsItIs()
    {
        using var response = await _system.Http.PostAsync(Chat.Body("sim?fault=context", "Long", stream: false), Ct);

        Assert.Equal(400, (int)response.StatusCode);
        AssertError(await Chat.JsonAsync(response, Ct), "context_length_exceeded");
    }

    [Fact]
    public async Task NeverAnswers_DeadlineGiven_Is504InTime()
    {
        foreach (var stream in new[] { false, true })
        {
            using var request = Chat.Request(Chat.Body($"sim?fault=hang&seed={(stream ? 16 : 17)}", "Hang", stream));
            request.Headers.Add("x-llmdapr-deadline-ms", "500");
            using var response = await _system.Http.SendAsync(request, Ct);

            Assert.Equal(504, (int)response.StatusCode);
            AssertError(await Chat.JsonAsync(response, Ct), "timeout");
        }
    }

    [Fact]
    public async Task Stall_MidStream_EndsInAnErrorEventAtTheDeadline()
    {
        using var request = Chat.Request(Chat.Body("sim?words=20&after=3&fault=stall&seed=18", "Stall", stream: true));
        request.Headers.Add("x-llmdapr-deadline-ms", "1500");
        using var response = await _system.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);

        var events = new List<string>();
        await Assert.ThrowsAnyAsync<IOException>(() => Chat.ReadEventsAsync(response, events, Ct));
        AssertError(JsonNode.Parse(events[^1])!, "timeout");
    }

    [Fact]
    public async Task FirstChunk_ProviderStillSends_ArrivesBeforeTheRest()
    {
        const string Model = "sim?words=10&after=2&fault=gate&seed=19";
        using var response = await _system.Http.PostAsync(Chat.Body(Model, "Gate", stream: true), Ct);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        var begun = new List<string>();
        while (Chat.TextOf(begun).Split(' ').Length < 2)
        {
            if (await reader.ReadLineAsync(Ct) is { Length: > 6 } line)
            {
                begun.Add(line[6..]);
            }
        }

        // Two words are here, and the provider waits for this test to let it go on.
        Assert.Equal(1, (await _system.Simulator.OfAsync(Model, Ct)).InFlight);
        await _system.Simulator.ReleaseAsync(Model, Ct);
        var rest = await reader.ReadToEndAsync(Ct);
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_WithUnknownFields_PassUnchangedBothWays()
    {
        const string Model = "sim?words=4&echo=raw&seed=20";
        const string Odd = ""","x_number":1.0e0,"x_escape":"\u00e9\/","x_big":12345678901234567890,  "x_nested" : {"a":[1, 2 ,3]}""";
        var body = Chat.Body(Model, "Odd", stream: false, Odd);
        using var response = await _system.Http.PostAsync(body, Ct);
        var answer = await response.Content.ReadAsByteArrayAsync(Ct);

        Assert.Equal(body, Encoding.UTF8.GetString(Assert.Single(await _system.Simulator.BodiesAsync(Model, Ct))));
        Assert.Contains("1.0e0", Encoding.UTF8.GetString(answer), StringComparison.Ordinal);
        Assert.Contains("\\u00e9", Encoding.UTF8.GetString(answer), StringComparison.Ordinal);

        using var streamed = await _system.Http.PostAsync(Chat.Body(Model, "Odd", stream: true, Odd), Ct);
        var events = await Chat.EventsAsync(streamed, Ct);
        Assert.Contains(events, data => data.Contains("1.0e0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_UsageAsked_HasTheUsageChunkOnlyThen(bool asked)
    {
        var model = $"sim?words=4&seed={(asked ? 21 : 22)}";
        using var response = await _system.Http.PostAsync(Chat.Body(model, "Usage", stream: true, asked ? ""","stream_options":{"include_usage":true}""" : string.Empty), Ct);
        var events = await Chat.EventsAsync(response, Ct);

        Assert.Equal(asked ? 1 : 0, events.Count(data => data.Contains("\"choices\":[]", StringComparison.Ordinal)));
        Assert.Contains("include_usage\":true", Encoding.UTF8.GetString(Assert.Single(await _system.Simulator.BodiesAsync(model, Ct))), StringComparison.Ordinal);
    }

    private static void AssertError(JsonNode answer, string code)
    {
        var error = answer["error"]!.AsObject();
        Assert.Equal(["code", "message", "param", "type"], error.Select(member => member.Key).Order());
        Assert.Equal(code, error["code"]!.GetValue<string>());
    }
}
