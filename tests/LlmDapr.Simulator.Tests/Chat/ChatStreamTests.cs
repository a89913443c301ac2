using System.Text.Json;
using LlmDapr.Simulator.Answers;

namespace LlmDapr.Simulator.Tests.Chat;

public sealed class ChatStreamTests : SimulatorTest
{
    [Fact]
    public async Task Post_Stream_IsRoleThenOneWordAChunkThenFinishThenDone()
    {
        List<string> events = await PostStreamAsync(ChatBody("sim?words=20", "\"stream\":true"));

        Assert.Equal("[DONE]", events[^1]);
        JsonElement[] chunks = [.. events.SkipLast(1).Select(data => JsonElement.Parse(data))];
        Assert.Equal(22, chunks.Length);
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.All(chunks, chunk =>
        {
            Assert.Equal(["id", "object", "created", "model", "service_tier", "system_fingerprint", "choices"], chunk.EnumerateObject().Select(property => property.Name));
            Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString());
        });
        Assert.Equal(
            """[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]""",
            chunks[0].GetProperty("choices").GetRawText());
        Assert.Equal("""[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]""", chunks[^1].GetProperty("choices").GetRawText());
        string[] pieces = [.. chunks[1..^1].Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString()!)];
        Assert.Equal(SimulatedAnswer.Pieces(Answer(20)), pieces);
    }

    [Fact]
    public async Task Post_IncludeUsage_AddsOneChunkWithoutChoicesAndNullInTheOthers()
    {
        List<string> events = await PostStreamAsync(ChatBody("sim?words=20", "\"stream\":true,\"stream_options\":{\"include_usage\":true}"));

        JsonElement[] chunks = [.. events.SkipLast(1).Select(data => JsonElement.Parse(data))];
        Assert.All(chunks[..^1], chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("usage").ValueKind));
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        JsonElement usage = chunks[^1].GetProperty("usage");
        int completion = TokenCounter.Count(Answer(20));
        Assert.Equal((13, completion, 13 + completion), (
            usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32()));
        Assert.Equal(0, usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
    }

    [Fact]
    public async Task Post_SeveralChoices_TakeTurns()
    {
        List<string> events = await PostStreamAsync(ChatBody("sim?words=5", "\"stream\":true,\"n\":2"));
        Assert.Equal(Answer(5, 0), ContentOf(events, 0));
        Assert.Equal(Answer(5, 1), ContentOf(events, 1));
        int[] order = [.. events.SkipLast(1).Select(data => JsonElement.Parse(data).GetProperty("choices")[0].GetProperty("index").GetInt32())];
        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1], order);
    }

    [Fact]
    public async Task Post_Logprobs_AreInEveryContentChunk()
    {
        List<string> events = await PostStreamAsync(ChatBody("sim?words=8", "\"stream\":true,\"logprobs\":true"));
        string[] tokens = [.. events.Skip(1).SkipLast(2).SelectMany(data => JsonElement.Parse(data).GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content")
            .EnumerateArray().Select(token => token.GetProperty("token").GetString()!))];
        Assert.Equal(Answer(8), string.Concat(tokens));
    }

    [Fact]
    public async Task Post_EchoRaw_IsInEveryChunk()
    {
        List<string> events = await PostStreamAsync(ChatBody("sim?words=3&echo=raw", "\"stream\":true"));
        Assert.All(events.SkipLast(1), data => Assert.Contains("\"x_unknown\":{\"a\":1.0e0,\"b\":\"\\u00e9\"},", data, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_MaxTokens_FinishesWithLength()
    {
        List<string> events = await PostStreamAsync(ChatBody("sim", "\"stream\":true,\"max_tokens\":3"));
        Assert.Equal("length", JsonElement.Parse(events[^2]).GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.StartsWith(ContentOf(events), Answer(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_NoWords_IsAnEmptyAnswer()
    {
        List<string> events = await PostStreamAsync(ChatBody("sim?words=0", "\"stream\":true"));
        Assert.Equal(3, events.Count);
    }

    [Fact]
    public async Task Post_EarlyHead_SendsHeadersBeforeTheFirstToken()
    {
        // With an hour to the first token, only early headers can let this return.
        using HttpResponseMessage response = await SendAsync(ChatBody("sim?ttft=1h&head=early", "\"stream\":true"), Cancel);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(1, Simulator.Ledger.Of("sim?ttft=1h&head=early").InFlight);
    }

    [Fact]
    public async Task Post_FiveHundredStreamsAtOnce_AreAllRight()
    {
        const string model = "sim?ttft=300ms&tps=100&words=40&jitter=0.5";
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(async _ => ContentOf(await PostStreamAsync(ChatBody(model, "\"stream\":true")))));
        Assert.All(answers, answer => Assert.Equal(Answer(40), answer));
        Control.CallCountsAssert.Equal(Simulator.Ledger.Of(model), requests: 500, completed: 500);
        Assert.InRange(Simulator.Ledger.Of(model).PeakConcurrency, 100, 500);
    }
}
