using System.Text;
using System.Text.Json;
using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Providers;
using LlmDapr.Generation.Tests.Streaming;

namespace LlmDapr.Generation.Tests.Attempts;

public sealed class ProviderErrorTests : IDisposable
{
    private const string Whole = """{"error":{"message":"m","type":"t","param":null,"code":"c","inner":{"a":1.0}},"x":1}""";
    private readonly Provider _provider = new("p", new ProviderOptions { Endpoint = "http://p/v1" }, key: "sk-0123456789");

    [Fact]
    public void Body_WholeErrorObject_IsTheSameBytes()
    {
        ReadOnlyMemory<byte> body = Encoding.UTF8.GetBytes(Whole);

        Assert.True(ProviderError.Body(_provider, 400, body).Equals(body));
    }

    [Theory]
    [InlineData("""{"error":{"message":"m"}}""", "m", "upstream_error", null, null)]
    [InlineData("""{"error":{"message":"m","code":"429"}}""", "m", "upstream_error", null, "429")]
    [InlineData("""{"error":{"type":"t","param":"p"}}""", "The provider gave no message.", "t", "p", null)]
    public void Body_FieldsMissing_AreAdded(string body, string message, string type, string? param, string? code) =>
        Assert.Equal((message, type, param, code), Fields(ProviderError.Body(_provider, 400, Encoding.UTF8.GetBytes(body))));

    [Theory]
    [InlineData(400, "<html>bad</html>", "invalid_request_error", "provider_400", "<html>bad</html>")]
    [InlineData(404, "{\"error\":\"model 'x' not found\"}", "invalid_request_error", "provider_404", "model 'x' not found")]
    [InlineData(500, "", "upstream_error", "provider_500", "nothing more")]
    [InlineData(503, "[]", "upstream_error", "provider_503", "[]")]
    [InlineData(502, "{\"error\":{\"message\":\"m\"", "upstream_error", "provider_502", "message")]
    [InlineData(500, "{\"error\":{\"message\":\"m\"},\"error\":{}}", "upstream_error", "provider_500", "message")]
    [InlineData(500, "{\"error\":{\"code\":\"\\ud800\"}}", "upstream_error", "provider_500", "ud800")]
    public void Body_NoErrorObject_BecomesOne(int status, string body, string type, string code, string said)
    {
        var fields = Fields(ProviderError.Body(_provider, status, Encoding.UTF8.GetBytes(body)));

        Assert.Equal((type, null, code), (fields.Type, fields.Param, fields.Code));
        Assert.Contains(said, fields.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Body_LongPage_IsCut() =>
        Assert.InRange(ProviderError.Body(_provider, 502, Encoding.UTF8.GetBytes(new string('é', 10_000))).Length, 1, 1000);

    [Theory]
    [InlineData("""{"error":{"message":"wrong key sk-0123456789","type":"t","param":null,"code":null}}""")]
    [InlineData("""{"error":{"message":"wrong key sk-0123456789"}}""")]
    [InlineData("wrong key sk-0123456789")]
    public void Body_Key_IsTakenOut(string body) =>
        Assert.Contains("wrong key [redacted]", Fields(ProviderError.Body(_provider, 401, Encoding.UTF8.GetBytes(body))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"error":{"message":"m","type":"t","param":null,"code":"c"}}""", "m", "t", "c")]
    [InlineData("""{ "id": "x", "error": { "message": "m" }, "choices": [] }""", "m", "upstream_error", null)]
    [InlineData("""{"error":"boom sk-0123456789"}""", "boom [redacted]", "upstream_error", "upstream_error")]
    [InlineData("""{"error":{"message":"key sk-0123456789","code":7}}""", "key [redacted]", "upstream_error", null)]
    public void InStream_AnyForm_IsTheFormThatEdgeKnows(string said, string message, string type, string? code)
    {
        var body = ProviderError.InStream(_provider, Encoding.UTF8.GetBytes(said));

        Assert.StartsWith("{\"error\":{", Encoding.UTF8.GetString(body.Span), StringComparison.Ordinal);
        Assert.DoesNotContain((byte)'\n', body.ToArray());
        var fields = Fields(body);
        Assert.Contains(message, fields.Message, StringComparison.Ordinal);
        Assert.Equal(type, fields.Type);
        Assert.True(code is null || fields.Code == code);
    }

    [Fact]
    public void Headers_ContentType_IsJsonWhateverItWas() =>
        Assert.Equal(
            [["content-type", "application/json"], ["retry-after", "3"]],
            ProviderError.Headers(new ProviderResponse(new FakeResponse(Stream.Null, 429, ("Content-Type", "text/html"), ("Retry-After", "3")))));

    public void Dispose() => _provider.Dispose();

    private static (string Message, string? Type, string? Param, string? Code) Fields(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        var error = json.RootElement.GetProperty("error");
        return (error.GetProperty("message").GetString()!, error.GetProperty("type").GetString(), Text("param"), Text("code"));

        string? Text(string name) => error.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : error.GetProperty(name).GetString();
    }
}
