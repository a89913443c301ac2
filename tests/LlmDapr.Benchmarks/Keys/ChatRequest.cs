using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmDapr.Benchmarks.Keys;

/// <summary>A chat request of about 4 KB as an SDK sends it: some turns of talk, a tool with a schema, and members in no order of their names.</summary>
internal static class ChatRequest
{
    private const string Words = "The gateway keeps what it was told, and answers \"again\" only where the same answer would do.\n";

    /// <param name="bytes">Its size.</param>
    /// <param name="lines">How many lines the longest message has: with none, almost all is structure.</param>
    public static byte[] OfAbout(int bytes, int lines)
    {
        var messages = new JsonArray(new JsonObject { ["role"] = "system", ["content"] = "You are a careful assistant. Antworte kurz – auf Deutsch." });
        var request = new JsonObject
        {
            ["model"] = "gpt-4o-mini",
            ["messages"] = messages,
            ["temperature"] = 0,
            ["max_completion_tokens"] = 512,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
            ["tools"] = new JsonArray(JsonNode.Parse("""
                {"type":"function","function":{"name":"get_weather","description":"The weather of a place.","strict":true,"parameters":{"type":"object","properties":{
                "location":{"type":"string","description":"City and country"},"unit":{"type":"string","enum":["c","f"]},"days":{"type":"integer","minimum":1,"maximum":14}},
                "required":["location","unit","days"],"additionalProperties":false}}}
                """)),
        };
        for (var i = 0; Encoding.UTF8.GetByteCount(request.ToJsonString()) < bytes - (lines == 0 ? 20 : 300); i++)
        {
            messages.Add(new JsonObject { ["role"] = i % 2 == 0 ? "user" : "assistant", ["content"] = lines == 0 ? $"{i}?" : string.Concat(Enumerable.Repeat(Words, 1 + (i % lines))) });
        }

        return JsonSerializer.SerializeToUtf8Bytes(request);
    }
}
