using System.Text.Json;

namespace LlmDapr.Simulator.Tests.Chat;

public sealed class ToolCallTests : SimulatorTest
{
    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"get_time"}},{"type":"function","function":{"name":"get_weather","parameters":
        {"type":"object","required":["city","unit"],"properties":{"city":{"type":"string"},"unit":{"enum":["c","f"]}}}}}]
        """;

    [Theory]
    [InlineData("\"required\"", "get_time", "tool_calls")]
    [InlineData("{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}", "get_weather", "stop")]
    public async Task Post_ToolChoice_CallsATool(string choice, string name, string finish)
    {
        JsonElement root = await PostJsonAsync(ChatBody("sim", $"{Tools},\"tool_choice\":{choice}"));
        JsonElement answer = root.GetProperty("choices")[0];
        Assert.Equal(finish, answer.GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("message").GetProperty("content").ValueKind);
        JsonElement call = answer.GetProperty("message").GetProperty("tool_calls")[0];
        Assert.Equal("function", call.GetProperty("type").GetString());
        Assert.StartsWith("call_", call.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(name, call.GetProperty("function").GetProperty("name").GetString());
        AssertArguments(name, call.GetProperty("function").GetProperty("arguments").GetString()!);
    }

    [Fact]
    public async Task Post_Auto_CallsTheToolThatTheUserNames()
    {
        JsonElement root = await PostJsonAsync(Conversation("""{"role":"user","content":"Please use get_weather."}"""));
        Assert.Equal("tool_calls", root.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal("get_weather", root.GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function").GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("""{"role":"user","content":"Hello"}""")]
    [InlineData("""{"role":"user","content":"get_weather"},{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"get_weather: 20"}""")]
    public async Task Post_Auto_AnswersWithTextOtherwise(string messages)
    {
        JsonElement root = await PostJsonAsync(Conversation(messages));
        Assert.Equal("stop", root.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.String, root.GetProperty("choices")[0].GetProperty("message").GetProperty("content").ValueKind);
    }

    [Fact]
    public async Task Post_Stream_SendsNameFirstThenArgumentsInPieces()
    {
        List<string> events = await PostStreamAsync(ChatBody("sim", Tools + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}},\"stream\":true"));
        JsonElement[] deltas = [.. events.SkipLast(2).Select(data => JsonElement.Parse(data).GetProperty("choices")[0].GetProperty("delta"))];
        JsonElement first = deltas[0].GetProperty("tool_calls")[0];
        Assert.Equal("get_weather", first.GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("", first.GetProperty("function").GetProperty("arguments").GetString());
        Assert.True(deltas.Length > 3);
        Assert.All(deltas, delta => Assert.Equal(0, delta.GetProperty("tool_calls")[0].GetProperty("index").GetInt32()));
        AssertArguments("get_weather", string.Concat(deltas.Select(delta => delta.GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString())));
    }

    [Theory]
    [InlineData("\"tool_choice\":\"required\"")]
    [InlineData(Tools + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"other\"}}")]
    [InlineData(Tools + ",\"tool_choice\":\"always\"")]
    [InlineData(Tools + ",\"tool_choice\":1")]
    public async Task Post_WrongToolChoice_Is400(string fields) =>
        Assert.Equal("tool_choice", (await PostErrorAsync(ChatBody("sim", fields), 400)).GetProperty("param").GetString());

    private static string Conversation(string messages) => $$"""{"model":"sim","messages":[{{messages}}],{{Tools}}}""";

    private static void AssertArguments(string name, string json)
    {
        JsonElement arguments = JsonElement.Parse(json);
        if (name == "get_weather")
        {
            Assert.Equal(["city", "unit"], arguments.EnumerateObject().Select(property => property.Name));
            Assert.Contains(arguments.GetProperty("unit").GetString(), (string[])["c", "f"]);
        }
        else
        {
            Assert.Equal(JsonValueKind.Object, arguments.ValueKind);
        }
    }
}
