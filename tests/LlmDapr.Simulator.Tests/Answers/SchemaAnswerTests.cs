using System.Text.Json;
using LlmDapr.Simulator.Answers;

namespace LlmDapr.Simulator.Tests.Answers;

public sealed class SchemaAnswerTests
{
    [Theory]
    [InlineData("""{"type":"string"}""", JsonValueKind.String)]
    [InlineData("""{"type":"number"}""", JsonValueKind.Number)]
    [InlineData("""{"type":"integer"}""", JsonValueKind.Number)]
    [InlineData("""{"type":"null"}""", JsonValueKind.Null)]
    [InlineData("""{"type":"array","items":{"type":"string"}}""", JsonValueKind.Array)]
    [InlineData("""{"type":["null","array"],"items":{"type":"string"}}""", JsonValueKind.Array)]
    [InlineData("""{"properties":{}}""", JsonValueKind.Object)]
    [InlineData("""{"anyOf":[{"type":"object"},{"type":"null"}]}""", JsonValueKind.Object)]
    [InlineData("{}", JsonValueKind.String)]
    public void Render_Type_HasIt(string schema, JsonValueKind kind) => Assert.Equal(kind, Render(schema).ValueKind);

    [Theory]
    [InlineData("""{"type":"integer","minimum":5,"maximum":5}""", "5")]
    [InlineData("""{"type":"integer","exclusiveMinimum":5,"exclusiveMaximum":7}""", "6")]
    [InlineData("""{"type":"integer","minimum":11,"maximum":29,"multipleOf":10}""", "20")]
    [InlineData("""{"type":"integer","maximum":-3,"minimum":-3}""", "-3")]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":0.5}""", "0.5")]
    [InlineData("""{"const":{"a":[1.0e0]}}""", """{"a":[1.0e0]}""")]
    [InlineData("""{"enum":["é"]}""", "\"é\"")]
    [InlineData("""{"type":"string","maxLength":2}""", "\"aa\"")]
    [InlineData("""{"type":"array","items":{"const":1},"minItems":3}""", "[1,1,1]")]
    [InlineData("""{"type":"array","items":{"const":1},"maxItems":1}""", "[1]")]
    [InlineData("""{"type":"array","items":{"const":1}}""", "[1,1]")]
    [InlineData("""{"type":"string","format":"date"}""", "\"2026-01-15\"")]
    [InlineData("""{"type":"object","properties":{"q\"":{"const":1},"b":{"$ref":"#/$defs/two"}},"$defs":{"two":{"const":2}}}""", """{"q\"":1,"b":2}""")]
    public void Render_NarrowSchema_GivesTheOnlyAnswer(string schema, string json) =>
        Assert.Equal(json, SchemaAnswer.Render(JsonElement.Parse(schema), 1));

    [Fact]
    public void Render_ManySeeds_StayInRangeAndVary()
    {
        JsonElement schema = JsonElement.Parse("""{"type":"integer","minimum":-2,"maximum":2}""");
        int[] values = [.. Enumerable.Range(0, 200).Select(seed => int.Parse(SchemaAnswer.Render(schema, (ulong)seed), System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal([-2, -1, 0, 1, 2], values.Distinct().Order());
    }

    [Fact]
    public void Render_MinLength_IsReached() =>
        Assert.InRange(Render("""{"type":"string","minLength":50}""").GetString()!.Length, 50, int.MaxValue);

    [Fact]
    public void Render_RecursiveSchema_Ends()
    {
        const string schema = """
            {"$ref":"#/$defs/node","$defs":{"node":{"type":"object","required":["next","children"],"properties":{
              "next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]},"children":{"type":"array","items":{"$ref":"#/$defs/node"}}}}}}
            """;
        Assert.Equal(JsonValueKind.Object, Render(schema).GetProperty("next").ValueKind);
    }

    [Fact]
    public void Render_EndlessSchema_EndsToo() =>
        Assert.Equal(JsonValueKind.Null, Render("""{"$ref":"#"}""").ValueKind);

    [Theory]
    [InlineData("""{"$ref":1}""")]
    [InlineData("""{"enum":"x"}""")]
    [InlineData("""{"type":5}""")]
    [InlineData("""{"type":[5]}""")]
    [InlineData("""{"anyOf":{}}""")]
    [InlineData("""{"type":"object","properties":[]}""")]
    [InlineData("""{"type":"array","items":5,"minItems":1e99}""")]
    [InlineData("""{"type":"string","minLength":-1,"maxLength":1e99,"format":{}}""")]
    [InlineData("""{"type":"integer","minimum":1e99}""")]
    public void Render_SenselessSchema_IsStillJson(string schema) => Render(schema);

    [Fact]
    public void Render_NoSchema_IsAnObject() =>
        Assert.Equal(JsonValueKind.String, JsonElement.Parse(SchemaAnswer.Render(null, 1)).GetProperty("answer").ValueKind);

    private static JsonElement Render(string schema) => JsonElement.Parse(SchemaAnswer.Render(JsonElement.Parse(schema), 1));
}
