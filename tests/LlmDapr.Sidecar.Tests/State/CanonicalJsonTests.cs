using System.Text;
using System.Text.Json;
using LlmDapr.Sidecar.State;

namespace LlmDapr.Sidecar.Tests.State;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{"b": 1,  "a":{"z":[1, 2]}}""", """{"a":{"z":[1,2]},"b":1}""")]
    [InlineData(""" [ true , null , false , {} , [] ] """, "[true,null,false,{},[]]")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2}""")]
    [InlineData("\"a\\u0041\\n<&>\"", "\"aA\\n\\u003c\\u0026\\u003e\"")]
    [InlineData("{\"<\":1}", "{\"\\u003c\":1}")]
    [InlineData("\"é日😀\"", "\"é日😀\"")]
    [InlineData("\"\\ud83d\\ude00\"", "\"😀\"")]
    public void Write_Value_IsWrittenAsDaprdKeepsIt(string sent, string kept)
    {
        Assert.Equal(kept, Write(sent, out var keptDigits));
        Assert.False(keptDigits);
    }

    [Fact]
    public void Write_HalfACharacter_StaysAsItWasSent() => Assert.Equal("\"x\\ud800<\"", Write("\"x\\ud800<\"", out _));

    [Fact]
    public void Write_NumberThatDaprdWouldChange_IsKeptAndTold()
    {
        Assert.Equal("[12345678901234567890,1.5]", Write("[12345678901234567890,1.50]", out var keptDigits));
        Assert.True(keptDigits);
    }

    [Theory]
    [InlineData("""{"b": 1, "a":2}""", """{"b":1,"a":2}""")]
    [InlineData("\"a b\\\" c <\"", "\"a b\\\" c \\u003c\"")]
    public void Compact_Value_LosesItsSpacesOnly(string kept, string answered) => Assert.Equal(answered, CanonicalJson.Compact(Encoding.UTF8.GetBytes(kept)));

    private static string Write(string json, out bool keptDigits)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(CanonicalJson.Write(document.RootElement, out keptDigits));
    }
}
