using System.Buffers;
using System.Text;
using System.Text.Json;
using LlmDapr.Simulator.Answers;

namespace LlmDapr.Simulator.Tests.Answers;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("é🚀", "\"é🚀\"")]
    [InlineData("a\"b\\c\nd\re\tf", "\"a\\\"b\\\\c\\nd\\re\\tf\"")]
    [InlineData("\u0001", "\"\\u0001\"")]
    public void Write_Text_IsRawUtf8WithTheNeededEscapes(string text, string json)
    {
        var output = new ArrayBufferWriter<byte>();
        JsonText.Write(output, text);
        Assert.Equal(json, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Write_EveryAsciiCharacter_ReadsBack()
    {
        string text = string.Concat(Enumerable.Range(0, 128).Select(c => (char)c));
        var output = new ArrayBufferWriter<byte>();
        JsonText.Write(output, text);
        Assert.Equal(text, JsonSerializer.Deserialize<string>(output.WrittenSpan));
    }
}
