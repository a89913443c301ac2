using System.Net;
using LlmDapr.Edge.Tests.Hosting;

namespace LlmDapr.Edge.Tests.Jobs;

public sealed class AsyncJobTests
{
    private static readonly (string, string) Alice = ("Authorization", "Bearer alice");
    private static readonly (string, string) Bob = ("Authorization", "Bearer bob");

    [Theory]
    [InlineData("/v1/async/chat/completions", JobsHost.Chat, "/v1/chat/completions")]
    [InlineData("/v1/async/embeddings", """{"model":"m","input":"PROMPT-TEXT"}""", "/v1/embeddings")]
    public async Task Submit_GoodRequest_IsAcceptedAndCanBeSeen(string path, string body, string endpoint)
    {
        await using var host = await JobsHost.StartAsync();

        var accepted = await host.SubmitAsync(body, path);
        var job = await JobsHost.JsonAsync(accepted);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal($"/v1/async/{job.GetProperty("id").GetString()}", accepted.Headers.Location?.ToString());
        Assert.Equal("async.job", job.GetProperty("object").GetString());
        Assert.Equal("queued", job.GetProperty("status").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, job.GetProperty("error").ValueKind);
        Assert.Equal(endpoint, job.GetProperty("endpoint").GetString());
        var seen = await host.SendAsync(HttpMethod.Get, accepted.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        Assert.Equal(job.GetRawText(), (await JobsHost.JsonAsync(seen)).GetRawText());
    }

    [Fact]
    public async Task Submit_SameKeyAndBody_IsTheSameJob()
    {
        await using var host = await JobsHost.StartAsync();

        var first = await JobsHost.JsonAsync(await host.SubmitAsync(headers: [Alice, ("Idempotency-Key", "k-1")]));
        var second = await host.SubmitAsync(headers: [Alice, ("Idempotency-Key", "k-1")]);
        var others = await JobsHost.JsonAsync(await host.SubmitAsync(headers: [Bob, ("Idempotency-Key", "k-1")]));

        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.Equal(first.GetProperty("id").GetString(), (await JobsHost.JsonAsync(second)).GetProperty("id").GetString());
        Assert.NotEqual(first.GetProperty("id").GetString(), others.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Submit_SameKeyOtherBody_IsAConflict()
    {
        await using var host = await JobsHost.StartAsync();
        await host.SubmitAsync(headers: [("Idempotency-Key", "k-1")]);

        var error = await EdgeHost.ErrorAsync(await host.SubmitAsync("""{"model":"m","messages":[{"role":"user","content":"b"}]}""", headers: [("Idempotency-Key", "k-1")]));

        Assert.Equal((409, "idempotency_conflict", "Idempotency-Key"), (error.Status, error.Code, error.Param));
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"b"}],"stream":true}""", 400, "stream")]
    [InlineData("""{"model":"other","messages":[{"role":"user","content":"b"}]}""", 404, "model")]
    [InlineData("""{"messages":[{"role":"user","content":"b"}]}""", 400, "model")]
    [InlineData("no json", 400, null)]
    public async Task Submit_BadRequest_IsRefusedWithItsField(string body, int status, string? param)
    {
        await using var host = await JobsHost.StartAsync();

        var error = await EdgeHost.ErrorAsync(await host.SubmitAsync(body));

        Assert.Equal((status, param), (error.Status, error.Param));
    }

    [Fact]
    public async Task Submit_EmptyKey_IsRefused()
    {
        await using var host = await JobsHost.StartAsync();

        var error = await EdgeHost.ErrorAsync(await host.SubmitAsync(headers: [("Idempotency-Key", new string('k', 256))]));

        Assert.Equal((400, "Idempotency-Key"), (error.Status, error.Param));
    }

    [Fact]
    public async Task Submit_BodyOverTheLimit_Is413()
    {
        await using var host = await JobsHost.StartAsync("--Jobs:MaxRequestBytes=1024");

        var error = await EdgeHost.ErrorAsync(await host.SubmitAsync($$"""{"model":"m","messages":[{"role":"user","content":"b"}],"pad":"{{new string('x', 2000)}}"}"""));

        Assert.Equal((413, "request_too_large"), (error.Status, error.Code));
    }

    [Fact]
    public async Task GetAndDelete_SomebodyElses_AreNotFound()
    {
        await using var host = await JobsHost.StartAsync();
        var location = (await host.SubmitAsync(headers: [Alice])).Headers.Location!.ToString();

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
        {
            var error = await EdgeHost.ErrorAsync(await host.SendAsync(method, location, Bob));
            Assert.Equal((404, "job_not_found"), (error.Status, error.Code));
        }

        Assert.Equal("queued", (await JobsHost.JsonAsync(await host.SendAsync(HttpMethod.Get, location, Alice))).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public async Task Get_UnknownId_IsNotFound(string id)
    {
        await using var host = await JobsHost.StartAsync();

        Assert.Equal(404, (await EdgeHost.ErrorAsync(await host.SendAsync(HttpMethod.Get, $"/v1/async/{id}"))).Status);
    }

    [Fact]
    public async Task Delete_Queued_IsCancelledAndStaysSo()
    {
        await using var host = await JobsHost.StartAsync();
        var location = (await host.SubmitAsync()).Headers.Location!.ToString();

        var cancelled = await JobsHost.JsonAsync(await host.SendAsync(HttpMethod.Delete, location));
        var waited = await JobsHost.JsonAsync(await host.SendAsync(HttpMethod.Get, $"{location}?wait=30s"));

        Assert.Equal("cancelled", cancelled.GetProperty("status").GetString());
        Assert.Equal("cancelled", waited.GetProperty("status").GetString());
        Assert.NotEqual(System.Text.Json.JsonValueKind.Null, waited.GetProperty("expires_at").ValueKind);
    }

    [Fact]
    public async Task Get_Wait_ComesBackAfterTheTimeAndAtTheEnd()
    {
        await using var host = await JobsHost.StartAsync();
        var location = (await host.SubmitAsync()).Headers.Location!.ToString();

        var still = await JobsHost.JsonAsync(await host.SendAsync(HttpMethod.Get, $"{location}?wait=50ms"));
        var waiting = host.SendAsync(HttpMethod.Get, $"{location}?wait=1m");
        await host.SendAsync(HttpMethod.Delete, location);

        Assert.Equal("queued", still.GetProperty("status").GetString());
        Assert.Equal("cancelled", (await JobsHost.JsonAsync(await waiting)).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("forever")]
    [InlineData("-1s")]
    [InlineData("61s")]
    [InlineData("")]
    public async Task Get_BadWait_IsRefused(string wait)
    {
        await using var host = await JobsHost.StartAsync();
        var location = (await host.SubmitAsync()).Headers.Location!.ToString();

        var error = await EdgeHost.ErrorAsync(await host.SendAsync(HttpMethod.Get, $"{location}?wait={wait}"));

        Assert.Equal((400, "wait"), (error.Status, error.Param));
    }

    [Fact]
    public async Task Submit_NoStateStore_Is503AndNothingIsLogged()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, [$"--DAPR_GRPC_PORT={sidecar.Port}", "--DAPR_GRPC_ENDPOINT="]);

        var response = await edge.SendAsync(EdgeHost.Request(JobsHost.Chat, "/v1/async/chat/completions"));
        var error = await EdgeHost.ErrorAsync(response);

        Assert.Equal((503, "service_unavailable"), (error.Status, error.Type));
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.DoesNotContain(edge.Logs.GetSnapshot(), line => line.Message.Contains("PROMPT-TEXT", StringComparison.Ordinal));
    }
}
