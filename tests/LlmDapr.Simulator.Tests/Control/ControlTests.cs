using System.Text;
using System.Text.Json;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Control;

namespace LlmDapr.Simulator.Tests.Control;

public sealed class ControlTests : SimulatorTest
{
    [Fact]
    public async Task Stats_AfterRequests_CountTotalAndByName()
    {
        await PostJsonAsync(ChatBody("sim?words=5"));
        await PostStreamAsync(ChatBody("sim?words=5", "\"stream\":true"));
        await PostErrorAsync(ChatBody("gpt-9"), 404);

        JsonElement stats = await GetJsonAsync("/control/stats");
        JsonElement model = stats.GetProperty("models").GetProperty("sim?words=5");
        Assert.Equal(
            ["requests", "in_flight", "peak_concurrency", "completed", "cancelled", "rate_limited", "rejected", "broken", "faults", "prompt_tokens", "completion_tokens", "last_started_at_ms", "last_cancelled_at_ms"],
            model.EnumerateObject().Select(property => property.Name));
        Assert.Equal((2, 2, 26, 2 * TokenCounter.Count(Answer(5))), (
            Number(model, "requests"), Number(model, "completed"), Number(model, "prompt_tokens"), Number(model, "completion_tokens")));
        Assert.Equal((3, 2, 1), (Number(stats.GetProperty("total"), "requests"), Number(stats.GetProperty("total"), "completed"), Number(stats.GetProperty("total"), "rejected")));
    }

    [Theory]
    [InlineData("sim?ttft=1h", "\"stream\":true")]
    [InlineData("sim?ttft=1h", "")]
    [InlineData("sim?ttft=1h&head=early", "\"stream\":true")]
    public async Task Stats_CallerLeaves_CountsCancelled(string model, string more)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task call = Task.Run(async () =>
        {
            using HttpResponseMessage response = await SendAsync(ChatBody(model, more), leave.Token);
            await response.Content.ReadAsStringAsync(leave.Token);
        }, Cancel);
        await Simulator.WaitForAsync(model, counts => counts.InFlight == 1, Cancel);
        long left = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        CallCounts counts = await Simulator.WaitForAsync(model, c => c.Cancelled == 1, Cancel);
        CallCountsAssert.Equal(counts, requests: 1, cancelled: 1);
        Assert.InRange(counts.LastCancelledAtMs!.Value - left, -1, 1000);
    }

    [Fact]
    public async Task Stats_CallerLeavesMidStream_StopsTheStream()
    {
        const string model = "sim?tps=20&words=100000";
        using (HttpResponseMessage response = await SendAsync(ChatBody(model, "\"stream\":true"), Cancel))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
            await reader.ReadLineAsync(Cancel);
        }

        await Simulator.WaitForAsync(model, counts => counts is { Cancelled: 1, InFlight: 0 }, Cancel);
    }

    [Fact]
    public async Task Stats_CallerLeavesAFullSpeedStream_StopsIt()
    {
        const string model = "sim?words=100000";
        using (HttpResponseMessage response = await SendAsync(ChatBody(model, "\"stream\":true"), Cancel))
        {
            Assert.Equal(200, (int)response.StatusCode);
        }

        await Simulator.WaitForAsync(model, counts => counts is { Cancelled: 1, InFlight: 0 }, Cancel);
    }

    [Fact]
    public async Task Requests_AnyBytes_AreKeptAsTheyCame()
    {
        const string body = "{ \"x\" : 1.0e0, \"y\":\"\\u00e9\", \"model\":\"sim\",\r\n\"messages\":[{\"role\":\"user\",\"content\":\"é\"}] }";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Json(body) };
        request.Headers.Add("x-probe", "42");
        using HttpResponseMessage response = await Http.SendAsync(request, Cancel);
        await PostJsonAsync(ChatBody("sim-fast"));

        JsonElement recorded = (await GetJsonAsync("/control/requests?model=sim")).GetProperty("requests");
        Assert.Equal(1, recorded.GetArrayLength());
        Assert.Equal(Encoding.UTF8.GetBytes(body), recorded[0].GetProperty("body").GetBytesFromBase64());
        Assert.Contains(recorded[0].GetProperty("headers").EnumerateArray(), h => h.GetProperty("key").GetString() == "x-probe" && h.GetProperty("value").GetString() == "42");
        Assert.Equal("/v1/chat/completions", recorded[0].GetProperty("path").GetString());
        Assert.Equal(2, (await GetJsonAsync("/control/requests")).GetProperty("requests").GetArrayLength());
    }

    [Fact]
    public async Task Requests_ManyOrLarge_KeepTheLast()
    {
        for (int i = 0; i < 205; i++)
        {
            await PostErrorAsync($$"""{"model":"sim","i":{{i}}}""", 400);
        }

        IReadOnlyList<RecordedRequest> requests = Simulator.Requests.Of("sim");
        Assert.Equal(200, requests.Count);
        Assert.EndsWith("204}", Encoding.UTF8.GetString(requests[^1].Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InFlight_OpenStream_IsListedWithItsProgress()
    {
        const string model = "sim?fault=gate&after=2";
        using HttpResponseMessage response = await SendAsync(ChatBody(model, "\"stream\":true"), Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        for (int i = 0; i < 6; i++)
        {
            await reader.ReadLineAsync(Cancel);
        }

        JsonElement call = (await GetJsonAsync("/control/in-flight")).GetProperty("calls")[0];
        Assert.Equal((model, 2), (call.GetProperty("model").GetString(), call.GetProperty("words_sent").GetInt32()));
        Simulator.Gates.Release(null);
        await reader.ReadToEndAsync(Cancel);
        Assert.Equal(0, (await GetJsonAsync("/control/in-flight")).GetProperty("calls").GetArrayLength());
    }

    [Fact]
    public async Task Reset_WhileOneIsInFlight_ForgetsAllButThatOne()
    {
        const string model = "sim?fault=gate&after=0";
        await PostJsonAsync(ChatBody("sim"));
        using HttpResponseMessage open = await SendAsync(ChatBody(model, "\"stream\":true"), Cancel);

        using HttpResponseMessage reset = await PostAsync("", "/control/reset");
        Assert.Equal(204, (int)reset.StatusCode);
        Assert.Equal([model], Simulator.Ledger.Snapshot().Models.Keys);
        Assert.Empty(Simulator.Requests.Of(null));
        Assert.Equal((1, 1), (Simulator.Ledger.Of(model).Requests, Simulator.Ledger.Of(model).InFlight));

        Simulator.Gates.Release(model);
        await open.Content.ReadAsStringAsync(Cancel);
        CallCountsAssert.Equal(Simulator.Ledger.Snapshot().Total, requests: 1, completed: 1);
    }

    [Fact]
    public async Task Dispose_OpenCalls_DoNotHoldIt()
    {
        RunningSimulator other = await RunningSimulator.StartAsync(cancellationToken: Cancel);
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = other.Address };
        Task<HttpResponseMessage> hanging = client.PostAsync("/v1/chat/completions", Json(ChatBody("sim?fault=hang")), Cancel);
        await other.WaitForAsync(null, counts => counts.InFlight == 1, Cancel);
        await other.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => hanging);
        Assert.Equal(0, other.Ledger.Snapshot().Total.InFlight);
    }

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private async Task<JsonElement> GetJsonAsync(string path) => JsonElement.Parse(await Http.GetStringAsync(path, Cancel));
}
