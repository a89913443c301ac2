using System.Text;
using LlmDapr.PromptCache.Answers;

namespace LlmDapr.PromptCache.Tests.Answers;

public sealed class ChatAssemblerTests
{
    private const string Stop = """{"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    [Fact]
    public void Assemble_StreamOfOpenAi_IsThePlainAnswer()
    {
        var plain = Assemble(
            """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":17,"model":"gpt-4o","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"x1"}""",
            """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":17,"model":"gpt-4o","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":"Hello"},"logprobs":{"content":[{"token":"Hello","logprob":-0.10}],"refusal":null},"finish_reason":null}],"usage":null,"obfuscation":"x2"}""",
            """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":17,"model":"gpt-4o","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":" there"},"logprobs":{"content":[{"token":" there","logprob":-1.0e0}],"refusal":null},"finish_reason":null}],"usage":null}""",
            """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":17,"model":"gpt-4o","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}""",
            """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":17,"model":"gpt-4o","service_tier":"default","system_fingerprint":"fp_1","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""",
            "[DONE]");

        Assert.Equal(
            """{"id":"chatcmpl-1","object":"chat.completion","created":17,"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there","refusal":null},"logprobs":{"content":[{"token":"Hello","logprob":-0.10},{"token":" there","logprob":-1.0e0}],"refusal":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3},"service_tier":"default","system_fingerprint":"fp_1"}""",
            plain);
    }

    [Fact]
    public void Assemble_ToolCallsByIndex_PutsTheirArgumentsTogether()
    {
        var plain = Assemble(
            """{"id":"a","choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}}]}""",
            """{"id":"a","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a"}},{"index":1,"id":"c2","type":"function","function":{"name":"g","arguments":""}}]}}]}""",
            """{"id":"a","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"{}"}},{"index":0,"type":"function","function":{"name":"f","arguments":"\":1}"}}]}}]}""",
            Stop,
            "[DONE]");

        Assert.Contains(
            """{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]}""",
            plain,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Assemble_ToolCallsWithoutIndex_BeginsOneForEachId()
    {
        var plain = Assemble(
            """{"id":"a","choices":[{"index":0,"delta":{"tool_calls":[{"id":"c1","function":{"name":"f","arguments":"1"}}]}}]}""",
            """{"id":"a","choices":[{"index":0,"delta":{"tool_calls":[{"function":{"arguments":"2"}}]}}]}""",
            """{"id":"a","choices":[{"index":0,"delta":{"tool_calls":[{"id":"c2","function":{"name":"f","arguments":"3"}}]}}]}""",
            Stop,
            "[DONE]");

        Assert.Contains("""[{"id":"c1","function":{"name":"f","arguments":"12"}},{"id":"c2","function":{"name":"f","arguments":"3"}}]""", plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Assemble_ChoicesMixed_AreEachTheirOwn()
    {
        var plain = Assemble(
            """{"id":"a","choices":[{"index":1,"delta":{"content":"x"}},{"index":0,"delta":{"content":"y"}}]}""",
            """{"id":"a","choices":[{"index":0,"delta":{"content":"Y"},"finish_reason":"length"}]}""",
            """{"id":"a","choices":[{"index":1,"delta":{"content":"X"},"finish_reason":"stop"}]}""",
            "[DONE]");

        Assert.Contains(
            """[{"index":0,"message":{"role":"assistant","content":"yY"},"finish_reason":"length"},{"index":1,"message":{"role":"assistant","content":"xX"},"finish_reason":"stop"}]""",
            plain,
            StringComparison.Ordinal);
    }

    // Reasoning of OpenRouter and DeepSeek, audio of OpenAI, filters and the empty first chunk of Azure.
    [Fact]
    public void Assemble_FieldsOfOthers_AreKept()
    {
        var plain = Assemble(
            """{"id":"","object":"","created":0,"model":"","prompt_filter_results":[{"prompt_index":0}],"choices":[]}""",
            """{"id":"a","created":5,"model":"m","choices":[{"index":0,"delta":{"reasoning":"th","reasoning_details":[{"type":"reasoning.text","text":"th","index":0}],"audio":{"id":"au","transcript":"o"}},"content_filter_results":{"hate":{"filtered":false}}}]}""",
            """{"id":"a","created":5,"model":"m","choices":[{"index":0,"delta":{"reasoning":"ink","reasoning_details":[{"type":"reasoning.text","text":"ink","index":0},{"type":"reasoning.text","text":"!","index":1}],"audio":{"transcript":"k","expires_at":9}},"content_filter_results":{"hate":{"filtered":true}}}]}""",
            """{"id":"a","created":5,"model":"m","choices":[{"index":0,"delta":{"content":"so"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}""",
            "[DONE]");

        Assert.Equal(
            Json.Canonical("""
                {"id":"a","object":"chat.completion","created":5,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"so","reasoning":"think",
                "reasoning_details":[{"type":"reasoning.text","text":"think","index":0},{"type":"reasoning.text","text":"!","index":1}],"audio":{"id":"au","transcript":"ok","expires_at":9}},
                "finish_reason":"stop","content_filter_results":{"hate":{"filtered":true}}}],"usage":{"prompt_tokens":1},"prompt_filter_results":[{"prompt_index":0}]}
                """),
            Json.Canonical(plain!));
    }

    public static TheoryData<string[]> NotWhole => new(
        new[] { Stop },
        ["[DONE]"],
        ["""{"id":"a","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}""", "[DONE]"],
        ["""{"id":"a","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":""}]}""", "[DONE]"],
        ["""{"id":"a","choices":[{"index":1,"delta":{"content":"x"}}]}""", Stop, "[DONE]"],
        [Stop, """{"error":{"message":"m"}}""", "[DONE]"],
        [Stop, "[DONE]", Stop],
        [Stop, "{\"id\":", "[DONE]"],
        ["""{"id":"a","choices":["x"]}""", Stop, "[DONE]"]);

    [Theory]
    [MemberData(nameof(NotWhole))]
    public void Assemble_NotWhole_IsNone(string[] events) => Assert.Null(Assemble(events));

    [Fact]
    public void Assemble_CommentsAndDataInSeveralLines_AreUnderstood() =>
        Assert.NotNull(ChatAssembler.Assemble([Encoding.UTF8.GetBytes($": keep-alive\n\ndata: {Stop.Replace(",\"choices\"", ",\ndata: \"choices\"", StringComparison.Ordinal)}\n\ndata: [DONE]\n\n")]));

    private static string? Assemble(params string[] events) =>
        ChatAssembler.Assemble(events.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"data: {text}\n\n"))) is { } plain ? Encoding.UTF8.GetString(plain) : null;
}
