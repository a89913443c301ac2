using System.Text.Json;
using LlmDapr.Generation.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Generation.Tests.Recovery;

/// <summary>Chat streams of a provider that a test writes.</summary>
internal static class ScriptedChat
{
    public static string Role(string id = "chatcmpl-scripted") => Chunk("""{"role":"assistant","content":""}""", id: id);

    public static string Words(string words) => Chunk($$"""{"content":{{JsonSerializer.Serialize(words)}}}""");

    public static string Stop() => Chunk("{}", "\"stop\"");

    public static string Chunk(string delta, string finish = "null", string id = "chatcmpl-scripted") =>
        $$$"""{"id":"{{{id}}}","object":"chat.completion.chunk","created":7,"model":"scripted","choices":[{"index":0,"delta":{{{delta}}},"finish_reason":{{{finish}}}}]}""";

    /// <summary>A whole answer.</summary>
    public static Task SayAsync(HttpContext context, params string[] words) => ScriptedProvider.SayAsync(context, [Role(), .. words.Select(Words), Stop(), "[DONE]"]);

    /// <summary>The last message of a request.</summary>
    public static (string Role, string Content) LastMessage(ReceivedRequest request)
    {
        var last = JsonElement.Parse(request.Body).GetProperty("messages").EnumerateArray().Last();
        return (last.GetProperty("role").GetString()!, last.GetProperty("content").GetString()!);
    }

    /// <summary>Refuses an assistant message at the end, as some providers do.</summary>
    public static Task RefuseAsync(HttpContext context) => ScriptedProvider.AnswerAsync(
        context,
        """{"error":{"message":"This model does not support assistant message prefill.","type":"invalid_request_error","param":"messages","code":null}}""",
        400);
}
