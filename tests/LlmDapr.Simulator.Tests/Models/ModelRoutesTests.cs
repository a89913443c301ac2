using System.Text.Json;

namespace LlmDapr.Simulator.Tests.Models;

public sealed class ModelRoutesTests : SimulatorTest
{
    protected override IEnumerable<string> Settings => ["--Simulator:Models:0:Id=acme/big", "--Simulator:Models:0:Behaviour=words=3"];

    [Fact]
    public async Task Get_List_IsOpenAisShape()
    {
        JsonElement root = JsonElement.Parse(await Http.GetStringAsync("/v1/models", Cancel));
        Assert.Equal("list", root.GetProperty("object").GetString());
        JsonElement[] models = [.. root.GetProperty("data").EnumerateArray()];
        Assert.Equal(["sim", "sim-fast", "sim-slow", "sim-embed", "acme/big"], models.Select(model => model.GetProperty("id").GetString()));
        Assert.All(models, model => Assert.Equal(["id", "object", "created", "owned_by"], model.EnumerateObject().Select(property => property.Name)));
    }

    [Theory]
    [InlineData("sim", "sim")]
    [InlineData("acme/big", "acme/big")]
    [InlineData("sim%3Ftps=3", "sim?tps=3")]
    public async Task Get_One_IsTheModel(string path, string id)
    {
        JsonElement model = JsonElement.Parse(await Http.GetStringAsync("/v1/models/" + path, Cancel));
        Assert.Equal((id, "model"), (model.GetProperty("id").GetString(), model.GetProperty("object").GetString()));
    }

    [Fact]
    public async Task Get_Unknown_Is404()
    {
        using HttpResponseMessage response = await Http.GetAsync("/v1/models/gpt-9", Cancel);
        JsonElement error = await ErrorOfAsync(response, 404);
        Assert.Equal(("model", "model_not_found"), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Get_WrongOption_Is400()
    {
        using HttpResponseMessage response = await Http.GetAsync("/v1/models/sim%3Fx=3", Cancel);
        await ErrorOfAsync(response, 400);
    }

    [Fact]
    public async Task Post_ConfiguredModel_BehavesAsConfigured() =>
        Assert.Equal(Answer(3), (await PostJsonAsync(ChatBody("acme/big"))).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Get_Health_Is200(string path)
    {
        using HttpResponseMessage response = await Http.GetAsync(path, Cancel);
        Assert.Equal(200, (int)response.StatusCode);
    }
}
