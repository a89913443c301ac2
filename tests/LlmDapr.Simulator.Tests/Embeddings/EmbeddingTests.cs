using System.Runtime.InteropServices;
using System.Text.Json;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Embeddings;

namespace LlmDapr.Simulator.Tests.Embeddings;

public sealed class EmbeddingTests : SimulatorTest
{
    private const string Path = "/v1/embeddings";

    [Fact]
    public async Task Post_Text_IsOpenAisShape()
    {
        JsonElement root = await PostJsonAsync("""{"model":"sim-embed","input":"a river","dimensions":2}""", Path);
        float[] vector = SimulatedEmbedding.VectorFor("a river", 2);
        int tokens = TokenCounter.Count("a river");
        Assert.Equal(
            $$$"""{"object":"list","data":[{"object":"embedding","index":0,"embedding":{{{JsonSerializer.Serialize(vector)}}}}],"model":"sim-embed","usage":{"prompt_tokens":{{{tokens}}},"total_tokens":{{{tokens}}}}}""",
            root.GetRawText());
    }

    [Fact]
    public async Task Post_Base64_IsLittleEndianFloats()
    {
        JsonElement root = await PostJsonAsync("""{"model":"sim-embed","input":["x","a river"],"encoding_format":"base64"}""", Path);
        byte[] bytes = root.GetProperty("data")[1].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(SimulatedEmbedding.VectorFor("a river"), MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        Assert.Equal(1, root.GetProperty("data")[1].GetProperty("index").GetInt32());
    }

    [Theory]
    [InlineData("[1,2,3]", 1, 3)]
    [InlineData("[[1,2,3],[4]]", 2, 4)]
    public async Task Post_Tokens_AreCountedAsGiven(string input, int vectors, int tokens)
    {
        JsonElement root = await PostJsonAsync($$"""{"model":"sim?dims=8","input":{{input}}}""", Path);
        Assert.Equal(vectors, root.GetProperty("data").GetArrayLength());
        Assert.Equal(tokens, root.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        float[] first = [.. root.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())];
        Assert.Equal(SimulatedEmbedding.VectorFor([1, 2, 3], 8), first);
    }

    [Fact]
    public void VectorFor_AnyText_HasLengthOneAndIsItsOwn()
    {
        float[] one = SimulatedEmbedding.VectorFor("one");
        Assert.Equal(1536, one.Length);
        Assert.Equal(1.0, one.Sum(value => (double)value * value), 5);
        Assert.Equal(one, SimulatedEmbedding.VectorFor("one"));
        Assert.InRange(one.Zip(SimulatedEmbedding.VectorFor("two"), (a, b) => a * b).Sum(), -0.2f, 0.2f);
    }

    [Theory]
    [InlineData("""{"model":"sim-embed"}""", "input")]
    [InlineData("""{"input":"x"}""", "model")]
    [InlineData("""{"model":"sim-embed","input":""}""", "input")]
    [InlineData("""{"model":"sim-embed","input":[]}""", "input")]
    [InlineData("""{"model":"sim-embed","input":{}}""", "input")]
    [InlineData("""{"model":"sim-embed","input":[1.5]}""", "input")]
    [InlineData("""{"model":"sim-embed","input":["x",1]}""", "input")]
    [InlineData("""{"model":"sim-embed","input":"x","encoding_format":"hex"}""", "encoding_format")]
    [InlineData("""{"model":"sim-embed","input":"x","dimensions":0}""", "dimensions")]
    public async Task Post_WrongRequest_Is400NamingTheField(string body, string param) =>
        Assert.Equal(param, (await PostErrorAsync(body, 400, Path)).GetProperty("param").GetString());

    [Fact]
    public async Task Post_Faults_WorkForEmbeddingsToo()
    {
        await PostErrorAsync("""{"model":"sim?fault=quota","input":"x"}""", 429, Path);
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync("""{"model":"sim?fault=cut","input":"x"}""", Path));
        using HttpResponseMessage raw = await PostAsync("""{"model":"sim?echo=raw&dims=1","input":"x"}""", Path);
        Assert.Contains("\"x_unknown\":{\"a\":1.0e0,\"b\":\"\\u00e9\"}", await raw.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }
}
