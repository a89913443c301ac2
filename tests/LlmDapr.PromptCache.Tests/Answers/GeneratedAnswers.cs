using CsCheck;

namespace LlmDapr.PromptCache.Tests.Answers;

/// <summary>Plain answers as JSON: several choices, every kind of member, strings that are hard to cut.</summary>
internal static class GeneratedAnswers
{
    private static readonly Gen<string> Fragment = Gen.OneOf(
        Gen.Char["abc XYZ0129 {}[]:,'/<>&+é模\u2028"].Array[0, 30].Select(chars => new string(chars)),
        OneOf("\\u00e9", "\\ud83d\\ude00", "\\\"", "\\\\", "\\n", "\\/", "😀", "👩‍👩‍👧", "\\ud800", "data: [DONE]\\n\\n", "\\\\ud83d", " ", "\\uD83D\\uDE00\\uDE00"));

    private static readonly Gen<string> Text = Gen.Frequency(
        (1, Gen.Const("\"\"")),
        (3, Fragment.Array[0, 6].Select(Quote)),
        (1, Fragment.Array[40, 400].Select(Quote)));

    private static readonly Gen<string> Scalar = Gen.OneOf(Text, OneOf("1.0e0", "-0", "0.10", "12345678901234567890123", "true", "false", "null"));

    private static readonly Gen<string> Value = Gen.OneOf(Scalar, Container(Scalar), Container(Container(Scalar)));

    private static readonly Gen<string> ToolCall = Gen.Select(
        Gen.Int[0, 999],
        Fragment,
        Text,
        Maybe("x_unknown", Value),
        Gen.Bool,
        (id, name, arguments, more, isCustom) => isCustom
            ? $$$"""{"id":"call_{{{id}}}","type":"custom","custom":{"name":"{{{name}}}","input":{{{arguments}}}}{{{more}}}}"""
            : $$$"""{"id":"call_{{{id}}}","type":"function","function":{"name":"{{{name}}}","arguments":{{{arguments}}}}{{{more}}}}""");

    private static readonly Gen<string> Token = Gen.Select(Fragment, Gen.Int[0, 255], (token, code) => $$"""{"token":"{{token}}","logprob":-0.{{code}},"bytes":[{{code}}],"top_logprobs":[]}""");

    private static readonly Gen<string> Tokens = Gen.OneOf(Token.Array[0, 9].Select(Array), OneOf("null", "[]"));

    private static readonly Gen<string> Logprobs = Gen.OneOf(
        Gen.Const("null"),
        Gen.Select(Tokens, Tokens, Maybe("x_unknown", Value), (content, refusal, more) => $$"""{"content":{{content}},"refusal":{{refusal}}{{more}}}"""));

    private static readonly Gen<string> Message = Gen.Select(
        Gen.OneOf(Text, Gen.Const("null")),
        Gen.Select(Maybe("refusal", Gen.OneOf(Text, Gen.Const("null"))), Maybe("annotations", Value), Maybe("name", Text), (a, b, c) => a + b + c),
        Gen.Select(Maybe("reasoning_content", Scalar), Maybe("reasoning", Text), Maybe("x_unknown", Value), (a, b, c) => a + b + c),
        Maybe("tool_calls", Gen.OneOf(ToolCall.Array[0, 4].Select(Array), Gen.Const("null"))),
        Maybe("function_call", Gen.OneOf(Gen.Select(Fragment, Text, (name, arguments) => $$"""{"name":"{{name}}","arguments":{{arguments}}}"""), Gen.Const("null"))),
        Maybe("audio", Gen.OneOf(Gen.Const("null"), Text.Select(text => $$"""{"id":"audio_1","data":{{text}},"expires_at":17,"transcript":{{text}}}"""))),
        (content, common, unknown, tools, function, audio) => $$"""{"role":"assistant","content":{{content}}{{common}}{{unknown}}{{tools}}{{function}}{{audio}}}""");

    private static readonly Gen<string> Choice = Gen.Select(
        Message,
        Maybe("logprobs", Logprobs),
        OneOf("stop", "length", "tool_calls", "content_filter"),
        Maybe("content_filter_results", Value),
        (message, logprobs, reason, more) => $"\"message\":{message}{logprobs},\"finish_reason\":\"{reason}\"{more}");

    /// <summary>Any answer.</summary>
    public static readonly Gen<string> Any = Gen.Select(
        Choice.Array[1, 3],
        OneOf("gpt-4o-2024-08-06", "org\\/model", "模型"),
        Gen.Select(Maybe("system_fingerprint", OneOf("\"fp_1\"", "null")), Maybe("service_tier", OneOf("\"default\"", "null")), Maybe("x_unknown", Value), (a, b, c) => a + b + c),
        Gen.Int[0, 5000],
        (choices, model, more, tokens) => $$$"""{"id":"chatcmpl-1","object":"chat.completion","created":1741569952,"model":"{{{model}}}","choices":{{{Array([.. choices.Select((choice, i) => $"{{\"index\":{i},{choice}}}")])}}},"usage":{"prompt_tokens":19,"completion_tokens":{{{tokens}}},"total_tokens":{{{19 + tokens}}},"prompt_tokens_details":{"cached_tokens":0}}{{{more}}}}""");

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<string> Maybe(string name, Gen<string> value) => Gen.OneOf(Gen.Const(string.Empty), value.Select(text => $",\"{name}\":{text}"));

    private static Gen<string> Container(Gen<string> item) => Gen.OneOf(
        item.Array[0, 3].Select(Array),
        item.Array[0, 3].Select(items => "{" + string.Join(',', items.Select((text, i) => $"\"k{i}\":{text}")) + "}"),
        item.Array[0, 3].Select(items => Array([.. items.Select((text, i) => $"{{\"index\":{i % 2},\"text\":{text}}}")])));

    private static string Quote(string[] fragments) => $"\"{string.Concat(fragments)}\"";

    private static string Array(string[] items) => $"[{string.Join(',', items)}]";
}
