using System.Text.Json;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Tests.Control;

namespace LlmDapr.Simulator.Tests.Calls;

/// <summary>Every fault as it is on the wire.</summary>
public sealed class FaultTests : SimulatorTest
{
    private const string Stream = "\"stream\":true";

    [Fact]
    public async Task Cut_Stream_EndsAfterItsTokensWithoutLastChunk()
    {
        const string model = "sim?fault=cut&after=10";
        RawExchange raw = await RawAsync(model, Stream);
        Assert.Contains("Transfer-Encoding: chunked", raw.Head, StringComparison.Ordinal);
        Assert.False(raw.HasLastChunk);
        Assert.Equal(string.Concat(SimulatedAnswer.Pieces(Answer()).Take(10)), ContentOf(Unchunk(raw.Body)));
        Assert.DoesNotContain("[DONE]", raw.Bytes, StringComparison.Ordinal);
        CallCountsAssert.Equal(Simulator.Ledger.Of(model), requests: 1, broken: 1, faults: 1);
    }

    [Fact]
    public async Task Cut_AnyNumberOfTokens_ArrivesExactly()
    {
        for (int after = 0; after <= 60; after += 4)
        {
            RawExchange raw = await RawAsync($"sim?fault=cut&after={after}", Stream);
            Assert.False(raw.HasLastChunk);
            Assert.Equal(string.Concat(SimulatedAnswer.Pieces(Answer()).Take(after)), ContentOf(Unchunk(raw.Body)));
        }
    }

    [Fact]
    public async Task Cut_Stream_MakesHttpClientThrow()
    {
        using HttpResponseMessage response = await SendAsync(ChatBody("sim?fault=cut", Stream), Cancel);
        HttpIOException error = await Assert.ThrowsAsync<HttpIOException>(async () =>
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(Cancel);
            await body.CopyToAsync(System.IO.Stream.Null, Cancel);
        });
        Assert.Equal(HttpRequestError.ResponseEnded, error.HttpRequestError);
    }

    [Fact]
    public async Task Cut_Plain_IsShorterThanItsContentLength()
    {
        RawExchange raw = await RawAsync("sim?fault=cut");
        int promised = ContentLength(raw);
        int arrived = System.Text.Encoding.UTF8.GetByteCount(raw.Body);
        Assert.Equal(promised / 2, arrived);
    }

    [Fact]
    public async Task Reset_Request_IsResetBeforeAnyByte()
    {
        const string model = "sim?fault=reset";
        RawExchange raw = await RawAsync(model);
        Assert.Equal(new RawExchange("", WasReset: true), raw);
        CallCountsAssert.Equal(Simulator.Ledger.Of(model), requests: 1, broken: 1, faults: 1);
    }

    [Theory]
    [InlineData("sim?fault=hang", "")]
    [InlineData("sim?fault=hang", Stream)]
    [InlineData("sim?fault=gate", "")]
    public async Task Hang_Request_GetsNoHeadersUntilTheCallerLeaves(string model, string more)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<HttpResponseMessage> answer = SendAsync(ChatBody(model, more), leave.Token);
        await Simulator.WaitForAsync(model, counts => counts.InFlight == 1, Cancel);
        Assert.False(answer.IsCompleted);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await Simulator.WaitForAsync(model, counts => counts is { Cancelled: 1, InFlight: 0 }, Cancel);
    }

    [Fact]
    public async Task Stall_Stream_GoesSilentAfterItsTokens()
    {
        const string model = "sim?fault=stall&after=3";
        using HttpResponseMessage response = await SendAsync(ChatBody(model, Stream), Cancel);
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        for (int i = 0; i < 4; i++)
        {
            Assert.StartsWith("data: {", await reader.ReadLineAsync(Cancel), StringComparison.Ordinal);
            Assert.Equal("", await reader.ReadLineAsync(Cancel));
        }

        Task<string?> next = reader.ReadLineAsync(CancellationToken.None).AsTask();
        Assert.Equal(1, Simulator.Ledger.Of(model).InFlight);
        Assert.False(next.IsCompleted);
        response.Dispose();
        await Simulator.WaitForAsync(model, counts => counts is { Cancelled: 1, InFlight: 0, Faults: 1 }, Cancel);
    }

    [Fact]
    public async Task Stall_Plain_SendsHalfThenNothing()
    {
        using HttpResponseMessage response = await SendAsync(ChatBody("sim?fault=stall"), Cancel);
        Stream body = await response.Content.ReadAsStreamAsync(Cancel);
        byte[] half = new byte[(int)response.Content.Headers.ContentLength!.Value / 2];
        await body.ReadExactlyAsync(half, Cancel);
        Task<int> next = body.ReadAsync(new byte[1], Cancel).AsTask();
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task Gate_Stream_SendsItsTokensAndWaitsForRelease()
    {
        const string model = "sim?fault=gate&after=2&words=4";
        using HttpResponseMessage response = await SendAsync(ChatBody(model, Stream), Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        for (int i = 0; i < 3; i++)
        {
            Assert.StartsWith("data: {", await reader.ReadLineAsync(Cancel), StringComparison.Ordinal);
            await reader.ReadLineAsync(Cancel);
        }

        Task<string?> next = reader.ReadLineAsync(Cancel).AsTask();
        Assert.False(next.IsCompleted);
        Assert.Equal(1, Simulator.Ledger.Of(model).InFlight);
        Assert.Equal("{\"count\":1}", await PostTextAsync("/control/release?model=" + Uri.EscapeDataString(model)));
        Assert.StartsWith("data: {", await next, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", await reader.ReadToEndAsync(Cancel), StringComparison.Ordinal);
        CallCountsAssert.Equal(Simulator.Ledger.Of(model), requests: 1, completed: 1);
    }

    [Fact]
    public async Task Gate_Plain_WaitsForRelease()
    {
        Task<JsonElement> answer = PostJsonAsync(ChatBody("sim?fault=gate"));
        await Simulator.WaitForAsync("sim?fault=gate", counts => counts.InFlight == 1, Cancel);
        Assert.False(answer.IsCompleted);

        // Also where the answer is counted but not at its gate yet.
        Simulator.Gates.Release(null);

        await answer;
    }

    [Fact]
    public async Task BadJson_Stream_HasOneEventThatIsNotJson()
    {
        List<string> events = await PostStreamAsync(ChatBody("sim?fault=badjson&after=2&words=5", Stream));
        Assert.Equal([3], events.Index().Where(e => e.Item != "[DONE]" && !IsJson(e.Item)).Select(e => e.Index));
        Assert.Equal(5 + 4, events.Count);
    }

    [Fact]
    public async Task BadJson_Plain_IsNotJson() => Assert.False(IsJson(await PostTextAsync("/v1/chat/completions", ChatBody("sim?fault=badjson"))));

    [Fact]
    public async Task NoDone_Stream_EndsWellWithoutDone()
    {
        RawExchange raw = await RawAsync("sim?fault=nodone&words=3", Stream);
        Assert.True(raw.HasLastChunk);
        Assert.DoesNotContain("[DONE]", raw.Bytes, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"stop\"", raw.Bytes, StringComparison.Ordinal);
        Assert.Equal(Answer(3), ContentOf(Unchunk(raw.Body)));
    }

    [Fact]
    public async Task NoFinish_Stream_HasDoneButNoReason()
    {
        List<string> events = await PostStreamAsync(ChatBody("sim?fault=nofinish&words=3", Stream));
        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal(Answer(3), ContentOf(events));
        Assert.All(events.SkipLast(1), data => Assert.Equal(JsonValueKind.Null, JsonElement.Parse(data).GetProperty("choices")[0].GetProperty("finish_reason").ValueKind));
    }

    [Fact]
    public async Task NoFinish_Plain_HasNullReason() =>
        Assert.Equal(JsonValueKind.Null, (await PostJsonAsync(ChatBody("sim?fault=nofinish"))).GetProperty("choices")[0].GetProperty("finish_reason").ValueKind);

    [Fact]
    public async Task End_Stream_HidesTheLossBehindACleanEnd()
    {
        RawExchange raw = await RawAsync("sim?fault=end&after=2", Stream);
        Assert.True(raw.HasLastChunk);
        Assert.Equal(string.Concat(SimulatedAnswer.Pieces(Answer()).Take(2)), ContentOf(Unchunk(raw.Body)));
        Assert.DoesNotContain("[DONE]", raw.Bytes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task End_Plain_HasHalfABodyAndItsLength()
    {
        RawExchange raw = await RawAsync("sim?fault=end");
        Assert.Equal(ContentLength(raw), System.Text.Encoding.UTF8.GetByteCount(raw.Body));
        Assert.False(IsJson(raw.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Stream)]
    public async Task Html200_Request_GetsAPage(string more)
    {
        using HttpResponseMessage response = await PostAsync(ChatBody("sim?fault=html200", more));
        Assert.Equal((200, "text/html"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.StartsWith("<!DOCTYPE html>", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorInStream_Stream_EndsWithAnErrorObject()
    {
        List<string> events = await PostStreamAsync(ChatBody("sim?fault=error-in-stream&after=2", Stream));
        Assert.Equal(4, events.Count);
        Assert.Equal("server_error", JsonElement.Parse(events[^1]).GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task ErrorInStream_Plain_Is200WithAnErrorObject() =>
        Assert.Equal("server_error", (await PostJsonAsync(ChatBody("sim?fault=error-in-stream"))).GetProperty("error").GetProperty("type").GetString());

    [Theory]
    [InlineData("context", 400, "invalid_request_error", "messages", "context_length_exceeded")]
    [InlineData("quota", 429, "insufficient_quota", null, "insufficient_quota")]
    [InlineData("key401", 401, "invalid_request_error", null, "invalid_api_key")]
    [InlineData("policy", 400, "invalid_request_error", null, "content_policy_violation")]
    [InlineData("status429", 429, "requests", null, "rate_limit_exceeded")]
    [InlineData("status500", 500, "server_error", null, null)]
    [InlineData("status503", 503, "overloaded", null, "overloaded")]
    public async Task ErrorFaults_Request_GetsOpenAisError(string fault, int status, string type, string? param, string? code)
    {
        JsonElement error = await PostErrorAsync(ChatBody("sim?fault=" + fault, Stream), status);
        Assert.Equal((type, param, code), (error.GetProperty("type").GetString(), error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
        Assert.Equal(1, Simulator.Ledger.Of("sim?fault=" + fault).Faults);
    }

    [Theory]
    [InlineData("err500=100", 500, "server_error")]
    [InlineData("err503=100", 503, "overloaded")]
    [InlineData("err429=100", 429, "requests")]
    public async Task Percentages_Hundred_IsAlways(string option, int status, string type)
    {
        using HttpResponseMessage response = await PostAsync(ChatBody("sim?" + option));
        Assert.Equal(type, (await ErrorOfAsync(response, status)).GetProperty("type").GetString());
        Assert.Equal(status != 500, response.Headers.Contains("retry-after"));
    }

    [Fact]
    public async Task Times_Fault_HitsTheFirstRequestsOnly()
    {
        const string model = "sim?fault=context&times=2";
        await PostErrorAsync(ChatBody(model), 400);
        await PostErrorAsync(ChatBody(model), 400);
        await PostJsonAsync(ChatBody(model));
        CallCountsAssert.Equal(Simulator.Ledger.Of(model), requests: 3, completed: 1, rejected: 2, faults: 2);
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("&retryafter=2s", "2", "2000")]
    [InlineData("&retryafter=1500ms", "2", "1500")]
    public async Task RetryAfter_PlainStatus_IsSentWhenAskedFor(string option, string? seconds, string? milliseconds)
    {
        foreach (string fault in (string[])["status429", "status500", "status503"])
        {
            using HttpResponseMessage response = await PostAsync(ChatBody($"sim?fault={fault}{option}"));
            Assert.Equal(seconds, response.Headers.TryGetValues("retry-after", out IEnumerable<string>? after) ? after.Single() : null);
            Assert.Equal(milliseconds, response.Headers.TryGetValues("retry-after-ms", out IEnumerable<string>? ms) ? ms.Single() : null);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(Stream)]
    public async Task Prefill_Refused_Is400OnlyWhereTheConversationEndsInAnAssistantMessage(string more)
    {
        const string model = "sim?prefill=refuse";
        string begun = ChatBody(model, more).Replace("}]", "},{\"role\":\"assistant\",\"content\":\"So far\"}]", StringComparison.Ordinal);
        Assert.Equal("invalid_request_error", (await PostErrorAsync(begun, 400)).GetProperty("type").GetString());
        using HttpResponseMessage whole = await PostAsync(ChatBody(model, more));
        Assert.True(whole.IsSuccessStatusCode);
        CallCountsAssert.Equal(Simulator.Ledger.Of(model), requests: 2, completed: 1, rejected: 1);
    }

    [Fact]
    public async Task AfterBeyondTheEnd_Cut_StillCutsBeforeTheFinish()
    {
        RawExchange raw = await RawAsync("sim?fault=cut&after=1000&words=3", Stream);
        Assert.False(raw.HasLastChunk);
        Assert.Equal(Answer(3), ContentOf(Unchunk(raw.Body)));
        Assert.DoesNotContain("\"finish_reason\":\"stop\"", raw.Bytes, StringComparison.Ordinal);
    }

    private static bool IsJson(string text)
    {
        try
        {
            JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static int ContentLength(RawExchange raw) =>
        int.Parse(raw.Head.Split("\r\n").Single(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal))[16..], System.Globalization.CultureInfo.InvariantCulture);

    // Each event is in a chunk of its own (or several are in one): the sizes are lines between them.
    private static List<string> Unchunk(string body) =>
        [.. body.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..].TrimEnd('\r'))];

    private async Task<string> PostTextAsync(string path, string body = "")
    {
        using HttpResponseMessage response = await PostAsync(body, path);
        return await response.Content.ReadAsStringAsync(Cancel);
    }

    private Task<RawExchange> RawAsync(string model, string more = "") => RawExchange.PostAsync(Simulator.Address, ChatBody(model, more), Cancel);
}
