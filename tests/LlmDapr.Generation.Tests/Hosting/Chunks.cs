namespace LlmDapr.Generation.Tests.Hosting;

/// <summary>Bodies and chunks with fields that nobody knows and spellings that nobody would choose.</summary>
internal static class Chunks
{
    public const string Role = """{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}""";
    public const string Word = """{"id":"c", "x_unknown":{"a":1.0e0},"choices":[{"index":0,"delta":{"content":"h\u00e9"}}]}""";
    public const string Stop = """{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    public const string Usage = """{"id":"c","choices":[],"usage":{"total_tokens":3}}""";
    public const string Done = "[DONE]";

    public static string Chat(string model = "m", bool stream = false, string more = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"PROMPT-TEXT"}],"stream":{{(stream ? "true" : "false")}}{{more}}}""";
}
