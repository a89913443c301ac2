using System.Net.Http.Headers;
using System.Text.Json;

namespace LlmDapr.Simulator.Tests.Calls;

public sealed class ApiKeyTests : SimulatorTest
{
    protected override IEnumerable<string> Settings => ["--Simulator:ApiKey=sk-right-key-1234"];

    [Theory]
    [InlineData(null, null)]
    [InlineData("sk-wrong-key-9876", "invalid_api_key")]
    public async Task AnyRoute_NoOrWrongKey_Is401(string? key, string? code)
    {
        Http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        JsonElement chat = await PostErrorAsync(ChatBody("sim"), 401);
        Assert.Equal(code, chat.GetProperty("code").GetString());
        using HttpResponseMessage models = await Http.GetAsync("/v1/models", Cancel);
        await ErrorOfAsync(models, 401);
        using HttpResponseMessage model = await Http.GetAsync("/v1/models/sim", Cancel);
        await ErrorOfAsync(model, 401);
        Assert.Equal(1, Simulator.Ledger.Of("sim").Rejected);
    }

    [Fact]
    public async Task Post_WrongKey_IsMaskedAsOpenAiDoes()
    {
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-wrong-key-9876");
        JsonElement error = await PostErrorAsync(ChatBody("sim"), 401);
        Assert.StartsWith("Incorrect API key provided: sk-w*********9876.", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_RightKey_IsAnswered()
    {
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-right-key-1234");
        await PostJsonAsync(ChatBody("sim"));
    }
}
