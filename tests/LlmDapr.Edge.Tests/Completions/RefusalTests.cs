using System.Net;
using System.Text;
using LlmDapr.Edge.Tests.Hosting;

namespace LlmDapr.Edge.Tests.Completions;

/// <summary>What a caller does wrong is told before anyone else hears of it.</summary>
public sealed class RefusalTests
{
    private const string ChatPath = "/v1/chat/completions";

    public static TheoryData<string, string, string?, string, int, string?, string?> Mistakes => new()
    {
        { "POST", ChatPath, "application/json", "", 400, "invalid_json", null },
        { "POST", ChatPath, "application/json", "{\"model\":", 400, "invalid_json", null },
        { "POST", ChatPath, "application/json", "[]", 400, "invalid_json", null },
        { "POST", ChatPath, "application/json", EdgeHost.Chat + "x", 400, "invalid_json", null },
        { "POST", ChatPath, "application/json", "\u00ff", 400, "invalid_utf8", null },
        { "POST", ChatPath, "application/json", """{"messages":[{}]}""", 400, "missing_required_parameter", "model" },
        { "POST", ChatPath, "application/json", """{"model":5,"messages":[{}]}""", 400, "invalid_type", "model" },
        { "POST", ChatPath, "application/json", """{"model":"m"}""", 400, "missing_required_parameter", "messages" },
        { "POST", ChatPath, "application/json", """{"model":"m","messages":"hi"}""", 400, "invalid_type", "messages" },
        { "POST", ChatPath, "application/json", """{"model":"nobody","messages":[{}]}""", 404, "model_not_found", "model" },
        { "POST", "/v1/embeddings", "application/json", """{"model":"m"}""", 400, "missing_required_parameter", "input" },
        { "POST", "/v1/embeddings", "application/json", """{"model":"nobody","input":"x"}""", 404, "model_not_found", "model" },
        { "POST", ChatPath, "text/plain", EdgeHost.Chat, 415, "unsupported_media_type", null },
        { "POST", ChatPath, null, EdgeHost.Chat, 415, "unsupported_media_type", null },
        { "POST", ChatPath, "rubbish", EdgeHost.Chat, 415, "unsupported_media_type", null },
        { "POST", ChatPath, "application/json; charset=utf-16", EdgeHost.Chat, 415, "unsupported_media_type", null },
        { "POST", "/v1/nothing", "application/json", "{}", 404, "unknown_url", null },
        { "GET", "/", null, "", 404, "unknown_url", null },
        { "GET", "/v1", null, "", 404, "unknown_url", null },
        { "GET", ChatPath, null, "", 405, "method_not_allowed", null },
        { "DELETE", "/v1/models/m", null, "", 405, "method_not_allowed", null },
        { "PUT", "/v1/embeddings", "application/json", "{}", 405, "method_not_allowed", null },
        { "GET", "/v1/models/nobody", null, "", 404, "model_not_found", "model" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Mistake_Any_IsAWholeErrorObject(string method, string path, string? contentType, string body, int status, string? code, string? param)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body.Length > 0 || method == "POST")
        {
            request.Content = new ByteArrayContent(body == "\u00ff" ? [0xff] : Encoding.UTF8.GetBytes(body));
            if (contentType is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }
        }

        using var response = await edge.SendAsync(request);
        var error = await EdgeHost.ErrorAsync(response);

        Assert.Equal((status, "invalid_request_error", code, param), (error.Status, error.Type, error.Code, error.Param));
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
        Assert.NotEmpty(response.Headers.GetValues("x-request-id").Single());
        Assert.Empty(sidecar.Calls);
        await edge.IdleAsync();
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON; charset=\"UTF-8\"")]
    public async Task ContentType_Json_IsTaken(string contentType)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.SendAsync(EdgeHost.Request(EdgeHost.Chat, contentType: contentType));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task ContentEncoding_Any_Is415()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);
        var request = EdgeHost.Request(EdgeHost.Chat);
        request.Content!.Headers.ContentEncoding.Add("gzip");

        using var response = await edge.SendAsync(request);

        Assert.Equal((415, "unsupported_content_encoding"), (await EdgeHost.ErrorAsync(response)) is var error ? (error.Status, error.Code) : default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_OverTheLimit_Is413(bool chunked)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, ["--Forwarding:MaxRequestBytes=2048"]);
        var request = EdgeHost.Request($$"""{"model":"m","messages":[{"content":"{{new string('x', 2048)}}"}]}""");
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await edge.SendAsync(request);

        Assert.Equal((413, "invalid_request_error", "request_too_large"), (await EdgeHost.ErrorAsync(response)) is var error ? (error.Status, error.Type, error.Code) : default);
        Assert.Empty(sidecar.Calls);
    }

    [Fact]
    public async Task Body_LargeWithinTheLimit_GoesThrough()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);
        var body = EdgeHost.Chat.Replace("PROMPT-TEXT", new string('x', 12 << 20), StringComparison.Ordinal);

        using var response = await edge.ChatAsync(body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Encoding.UTF8.GetBytes(body), sidecar.Calls.Single().Body);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    public async Task Deadline_NoWholeNumber_Is400(string deadline)
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var response = await edge.ChatAsync(headers: ("x-llmdapr-deadline-ms", deadline));

        Assert.Equal((400, "x-llmdapr-deadline-ms"), (await EdgeHost.ErrorAsync(response)) is var error ? (error.Status, error.Param) : default);
        Assert.Empty(sidecar.Calls);
    }

    [Fact]
    public async Task Body_ThatStopsInTheMiddle_LeavesNothingBehind()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);
        using (await RawHttp.OpenAsync(edge, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500", "{\"model\":"))
        {
            await Soon.UntilAsync(() => edge.InFlight == 1);
        }

        await edge.IdleAsync();
        Assert.Empty(sidecar.Calls);
        Assert.DoesNotContain(edge.Logs.GetSnapshot(), log => log.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task Body_BrokenChunks_Is400()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var raw = await RawHttp.OpenAsync(edge, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked", "zz\r\n{}\r\n");
        var answer = await raw.ToEndAsync();

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"invalid_request_error\"", answer, StringComparison.Ordinal);
    }
}
