using System.Text;
using System.Text.Json;
using LlmDapr.Contracts.Errors;

namespace LlmDapr.Contracts.Tests.Errors;

public sealed class ApiErrorTests
{
    public static TheoryData<string, int, string, string?, string?> Rows => new()
    {
        { "invalid", 400, "invalid_request_error", "model", "invalid_type" },
        { "model", 404, "invalid_request_error", "model", "model_not_found" },
        { "unavailable", 503, "service_unavailable", null, "service_unavailable" },
        { "upstream", 502, "upstream_error", null, "upstream_error" },
        { "timeout", 504, "timeout", null, "timeout" },
        { "bare", 405, "invalid_request_error", null, null },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void ToJson_AnyError_HasAllFourFields(string which, int status, string type, string? param, string? code)
    {
        var error = which switch
        {
            "invalid" => ApiError.InvalidRequest("wrong", "model", "invalid_type"),
            "model" => ApiError.ModelNotFound("m"),
            "unavailable" => ApiError.Unavailable("away", TimeSpan.FromSeconds(1)),
            "upstream" => ApiError.Upstream("broke"),
            "timeout" => ApiError.Timeout("late"),
            _ => ApiError.InvalidRequest("no", status: 405),
        };

        using var json = JsonDocument.Parse(error.ToJson());
        var body = json.RootElement.GetProperty("error");

        Assert.Equal(status, error.Status);
        Assert.Equal(["message", "type", "param", "code"], body.EnumerateObject().Select(member => member.Name));
        Assert.Equal((error.Message, type, param, code), (body.GetProperty("message").GetString(), body.GetProperty("type").GetString(), body.GetProperty("param").GetString(), body.GetProperty("code").GetString()));
    }

    [Fact]
    public void ToJson_AnyMessage_IsOneLine()
    {
        var json = Encoding.UTF8.GetString(ApiError.ModelNotFound("a\r\nb\"\u0000é").ToJson().Span);

        Assert.DoesNotContain('\n', json);
        Assert.DoesNotContain('\r', json);
        Assert.Contains("é", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "1")]
    [InlineData(1000, "1")]
    [InlineData(1001, "2")]
    [InlineData(59_999, "60")]
    public void Headers_RetryAfter_IsWholeSecondsRoundedUp(int milliseconds, string header) =>
        Assert.Equal([new("retry-after", header)], ApiError.Unavailable("x", TimeSpan.FromMilliseconds(milliseconds)).Headers());

    [Fact]
    public void Headers_Allow_IsGiven() =>
        Assert.Equal([new("allow", "POST")], (ApiError.InvalidRequest("x", status: 405) with { Allow = "POST" }).Headers());

    [Fact]
    public void Headers_None_IsEmpty() => Assert.Empty(ApiError.Timeout("x").Headers());
}
