using System.Text.Json;
using LlmDapr.Simulator.Answers;

namespace LlmDapr.Simulator.Tests.Chat;

public sealed class ChatPlainTests : SimulatorTest
{
    [Fact]
    public async Task Post_Question_IsOpenAisShapeExactly()
    {
        JsonElement root = await PostJsonAsync(ChatBody("sim?words=12"));

        string id = root.GetProperty("id").GetString()!;
        Assert.StartsWith("chatcmpl-", id, StringComparison.Ordinal);
        long created = root.GetProperty("created").GetInt64();
        Assert.InRange(created, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        string answer = Answer(12);
        int completion = TokenCounter.Count(answer);
        Assert.Equal(
            $$$$"""
            {"id":"{{{{id}}}}","object":"chat.completion","created":{{{{created}}}},"model":"sim?words=12","service_tier":"default","system_fingerprint":"fp_simulator","choices":[{"index":0,"message":{"role":"assistant","content":"{{{{answer}}}}","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":13,"completion_tokens":{{{{completion}}}},"total_tokens":{{{{13 + completion}}}},"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}
            """,
            root.GetRawText());
    }

    [Fact]
    public async Task Post_Anything_HasOpenAisHeadersAndNoLimits()
    {
        using HttpResponseMessage response = await PostAsync(ChatBody("sim"));
        Assert.StartsWith("req_", response.Headers.GetValues("x-request-id").Single(), StringComparison.Ordinal);
        Assert.Equal("2020-10-01", response.Headers.GetValues("openai-version").Single());
        Assert.Equal("org-simulator", response.Headers.GetValues("openai-organization").Single());
        Assert.True(int.TryParse(response.Headers.GetValues("openai-processing-ms").Single(), out _));
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("x-ratelimit", StringComparison.OrdinalIgnoreCase));
        Assert.NotNull(response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Post_SeveralChoices_AreDifferentAndAllCounted()
    {
        JsonElement root = await PostJsonAsync(ChatBody("sim?words=10", "\"n\":3"));
        string[] texts = [.. root.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString()!)];
        Assert.Equal([Answer(10, 0), Answer(10, 1), Answer(10, 2)], texts);
        Assert.Equal([0, 1, 2], root.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal(texts.Sum(TokenCounter.Count), root.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("max_completion_tokens")]
    public async Task Post_MaxTokens_EndsWithLength(string field)
    {
        JsonElement root = await PostJsonAsync(ChatBody("sim", $"\"{field}\":7"));
        JsonElement choice = root.GetProperty("choices")[0];
        string text = choice.GetProperty("message").GetProperty("content").GetString()!;
        Assert.StartsWith(text, Answer(), StringComparison.Ordinal);
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(TokenCounter.Count(text), root.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.InRange(TokenCounter.Count(text), 4, 7);
    }

    [Fact]
    public async Task Post_Stop_EndsBeforeTheEarliestSequence()
    {
        string[] words = Answer().Split(' ');
        string stops = JsonSerializer.Serialize(new[] { " " + words[9], " " + words[4] });
        JsonElement root = await PostJsonAsync(ChatBody("sim", "\"stop\":" + stops));
        JsonElement choice = root.GetProperty("choices")[0];
        string text = choice.GetProperty("message").GetProperty("content").GetString()!;
        Assert.Equal(Answer()[..Answer().IndexOf(" " + words[4], StringComparison.Ordinal)], text);
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Post_Logprobs_CoverTheWholeText()
    {
        JsonElement root = await PostJsonAsync(ChatBody("sim?words=30", "\"logprobs\":true,\"top_logprobs\":2"));
        JsonElement choice = root.GetProperty("choices")[0];
        JsonElement[] tokens = [.. choice.GetProperty("logprobs").GetProperty("content").EnumerateArray()];
        Assert.Equal(Answer(30), string.Concat(tokens.Select(token => token.GetProperty("token").GetString())));
        Assert.All(tokens, token =>
        {
            byte[] bytes = [.. token.GetProperty("bytes").EnumerateArray().Select(b => b.GetByte())];
            Assert.Equal(token.GetProperty("token").GetString(), System.Text.Encoding.UTF8.GetString(bytes));
            double logprob = token.GetProperty("logprob").GetDouble();
            Assert.InRange(logprob, -1, 0);
            JsonElement[] top = [.. token.GetProperty("top_logprobs").EnumerateArray()];
            Assert.Equal(2, top.Length);
            Assert.Equal(logprob, top[0].GetProperty("logprob").GetDouble());
            Assert.True(top[1].GetProperty("logprob").GetDouble() < logprob);
        });
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("logprobs").GetProperty("refusal").ValueKind);
    }

    [Fact]
    public async Task Post_AssistantMessageAtTheEnd_IsContinued()
    {
        string whole = Answer(20);
        string begun = whole[..25];
        string body = $$"""{"model":"sim?words=20","messages":[{"role":"user","content":"{{Question}}"},{"role":"assistant","content":"{{begun}}"}]}""";
        JsonElement root = await PostJsonAsync(body);
        Assert.Equal(whole, begun + root.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task Post_ContentParts_AreReadAsOneText()
    {
        string body = $$$"""
            {"model":"sim?words=5","messages":[{"role":"user","content":[{"type":"text","text":"What does "},{"type":"image_url","image_url":{"url":"data:,"}},{"type":"text","text":"the river say?"}]}]}
            """;
        JsonElement root = await PostJsonAsync(body);
        Assert.Equal(Answer(5), root.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task Post_EchoRaw_HasUnknownFieldsInUnusualBytes()
    {
        using HttpResponseMessage response = await PostAsync(ChatBody("sim?echo=raw"));
        Assert.Contains("\"x_unknown\":{\"a\":1.0e0,\"b\":\"\\u00e9\"},", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_JsonSchema_IsSatisfied()
    {
        const string format = """
            "response_format":{"type":"json_schema","json_schema":{"name":"w","strict":true,"schema":{"type":"object","additionalProperties":false,
            "required":["city","degrees","tags"],"properties":{"city":{"type":"string"},"degrees":{"type":"integer","minimum":-5,"maximum":5},"tags":{"type":"array","items":{"enum":["a","b"]}}}}}}
            """;
        JsonElement root = await PostJsonAsync(ChatBody("sim", format));
        JsonElement value = JsonElement.Parse(root.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!);
        Assert.Equal(["city", "degrees", "tags"], value.EnumerateObject().Select(property => property.Name));
        Assert.InRange(value.GetProperty("degrees").GetInt32(), -5, 5);
        Assert.All(value.GetProperty("tags").EnumerateArray(), tag => Assert.Contains(tag.GetString(), (string[])["a", "b"]));
    }

    [Fact]
    public async Task Post_JsonObject_IsAnObject()
    {
        JsonElement root = await PostJsonAsync(ChatBody("sim", "\"response_format\":{\"type\":\"json_object\"}"));
        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(root.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!).ValueKind);
    }

    [Fact]
    public async Task Post_Ttft_AnswersNoSooner()
    {
        long start = TimeProvider.System.GetTimestamp();
        await PostJsonAsync(ChatBody("sim?ttft=100ms&tps=100&words=11"));
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(195), "100 ms and ten gaps of 10 ms");
    }
}
