using System.Net.Http.Headers;
using System.Text.Json;

namespace LlmDapr.Simulator.Tests.Chat;

public sealed class ChatRequestErrorTests : SimulatorTest
{
    private const string Hi = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    [Theory]
    [InlineData("{", null)]
    [InlineData("[]", null)]
    [InlineData("", null)]
    [InlineData("\"sim\"", null)]
    [InlineData("{" + Hi + "}", "model")]
    [InlineData("{\"model\":null," + Hi + "}", "model")]
    [InlineData("{\"model\":7," + Hi + "}", "model")]
    [InlineData("{\"model\":\"sim\"}", "messages")]
    [InlineData("{\"model\":\"sim\",\"messages\":\"hi\"}", "messages")]
    [InlineData("{\"model\":\"sim\",\"messages\":[]}", "messages")]
    [InlineData("{\"model\":\"sim\",\"messages\":[1]}", "messages[0]")]
    [InlineData("{\"model\":\"sim\",\"messages\":[{\"content\":\"hi\"}]}", "messages[0].role")]
    [InlineData("{\"model\":\"sim\",\"messages\":[{\"role\":\"boss\",\"content\":\"hi\"}]}", "messages[0].role")]
    [InlineData("{\"model\":\"sim\",\"messages\":[{\"role\":\"user\"}]}", "messages[0].content")]
    [InlineData("{\"model\":\"sim\",\"messages\":[{\"role\":\"user\",\"content\":1}]}", "messages[0].content")]
    [InlineData("{\"model\":\"sim\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]}", "messages[0].content[0].text")]
    [InlineData("{\"model\":\"sim\",\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}", "messages[0].content")]
    [InlineData("{\"model\":\"sim\",\"stream\":\"yes\"," + Hi + "}", "stream")]
    [InlineData("{\"model\":\"sim\",\"stream_options\":{}," + Hi + "}", "stream_options")]
    [InlineData("{\"model\":\"sim\",\"n\":0," + Hi + "}", "n")]
    [InlineData("{\"model\":\"sim\",\"n\":1.5," + Hi + "}", "n")]
    [InlineData("{\"model\":\"sim\",\"max_tokens\":0," + Hi + "}", "max_tokens")]
    [InlineData("{\"model\":\"sim\",\"max_tokens\":\"5\"," + Hi + "}", "max_tokens")]
    [InlineData("{\"model\":\"sim\",\"top_logprobs\":3," + Hi + "}", "top_logprobs")]
    [InlineData("{\"model\":\"sim\",\"logprobs\":true,\"top_logprobs\":21," + Hi + "}", "top_logprobs")]
    [InlineData("{\"model\":\"sim\",\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]," + Hi + "}", "stop")]
    [InlineData("{\"model\":\"sim\",\"stop\":[1]," + Hi + "}", "stop")]
    [InlineData("{\"model\":\"sim\",\"tools\":[{}]," + Hi + "}", "tools[0].function")]
    [InlineData("{\"model\":\"sim\",\"response_format\":{\"type\":\"xml\"}," + Hi + "}", "response_format.type")]
    [InlineData("{\"model\":\"sim\",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\"}}," + Hi + "}", "response_format.json_schema.schema")]
    public async Task Post_WrongRequest_Is400NamingTheField(string body, string? param)
    {
        JsonElement error = await PostErrorAsync(body, 400);
        Assert.Equal((param, "invalid_request_error"), (error.GetProperty("param").GetString(), error.GetProperty("type").GetString()));
        CallCountsOfTotal(rejected: 1);
    }

    [Fact]
    public async Task Post_InvalidUtf8_Is400()
    {
        using var content = new ByteArrayContent([.. "{\"model\":\"sim\",\"messages\":[{\"role\":\"user\",\"content\":\""u8, 0xC3, 0x28, .. "\"}]}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await Http.PostAsync("/v1/chat/completions", content, Cancel);
        JsonElement error = await ErrorOfAsync(response, 400);
        Assert.StartsWith("We could not parse the JSON body of your request.", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_UnknownModel_Is404()
    {
        JsonElement error = await PostErrorAsync("{\"model\":\"gpt-9\"," + Hi + "}", 404);
        Assert.Equal(
            """{"message":"The model `gpt-9` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}""",
            error.GetRawText());
    }

    [Fact]
    public async Task Post_WrongModelOption_Is400WithWhatIsAllowed()
    {
        JsonElement error = await PostErrorAsync("{\"model\":\"sim?speed=9\"," + Hi + "}", 400);
        Assert.StartsWith("Model name 'sim?speed=9': unknown option 'speed'. Allowed options: after, ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(("model", "invalid_model_option"), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Get_UnknownRouteOrWrongVerb_IsAnErrorObject()
    {
        using HttpResponseMessage unknown = await Http.GetAsync("/v1/nothing", Cancel);
        Assert.Equal("Invalid URL (GET /v1/nothing)", (await ErrorOfAsync(unknown, 404)).GetProperty("message").GetString());
        using HttpResponseMessage verb = await Http.GetAsync("/v1/chat/completions", Cancel);
        await ErrorOfAsync(verb, 405);
    }

    private void CallCountsOfTotal(long rejected) => Control.CallCountsAssert.Equal(Simulator.Ledger.Snapshot().Total, requests: rejected, rejected: rejected);
}
