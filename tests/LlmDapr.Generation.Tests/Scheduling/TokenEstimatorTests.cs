using System.Text;
using System.Text.Json;
using LlmDapr.Contracts.Requests;
using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Tests.Scheduling;

public sealed class TokenEstimatorTests
{
    private static readonly TokenEstimator Estimator = new();

    [Fact]
    public async Task Estimate_ShortPrompt_IsCounted()
    {
        var estimate = await EstimateAsync(new { model = "m", messages = new[] { new { role = "user", content = "The quick brown fox jumps over the lazy dog." } } });

        Assert.Equal(10 + 4, estimate.Prompt);
        Assert.Null(estimate.Completion);
    }

    [Fact]
    public async Task Estimate_LongPrompt_IsCloseThoughSampled()
    {
        var text = string.Concat(Enumerable.Repeat("Capacity is found by asking for a little more than was given, and by going back at once. ", 5000));

        var estimate = await EstimateAsync(new { model = "m", messages = new[] { new { role = "user", content = text } } });

        Assert.InRange(estimate.Prompt, 85_000, 105_000);
    }

    [Fact]
    public async Task Estimate_EscapedText_CountsItsCharacters()
    {
        // As Python writes it: each letter is six bytes.
        var estimate = await EstimateAsync("""{"model":"m","messages":[{"role":"user","content":"\u4f60\u597d\u4e16\u754c"}]}""");

        Assert.InRange(estimate.Prompt, 5, 9);
    }

    [Theory]
    [InlineData("\"max_tokens\":100", 100)]
    [InlineData("\"max_completion_tokens\":200,\"max_tokens\":100", 200)]
    [InlineData("\"max_tokens\":100,\"n\":3", 300)]
    [InlineData("\"max_tokens\":null", null)]
    [InlineData("\"max_tokens\":-1", null)]
    [InlineData("\"max_tokens\":2147483647,\"n\":128", int.MaxValue / 2)]
    public async Task Estimate_Bound_IsTheCompletion(string bound, int? expected) =>
        Assert.Equal(expected, (await EstimateAsync($$"""{"model":"m","messages":[{"role":"user","content":"x"}],{{bound}}}""")).Completion);

    [Fact]
    public async Task Estimate_Image_IsNotReadLetterByLetter()
    {
        var image = "data:image/png;base64," + new string('A', 500_000);

        var estimate = await EstimateAsync(new { model = "m", messages = new[] { new { role = "user", content = new[] { new { type = "image_url", image_url = new { url = image } } } } } });

        Assert.InRange(estimate.Prompt, 700, 900);
    }

    [Theory]
    [InlineData("\"hello world\"", 2)]
    [InlineData("[\"hello\",\"world\"]", 2)]
    [InlineData("[1,2,3,4,5]", 5)]
    [InlineData("[[1,2],[3]]", 3)]
    public async Task Estimate_Embeddings_CostTheirInputAlone(string input, int expected)
    {
        var estimate = await EstimateAsync($$"""{"model":"m","input":{{input}}}""", RequestKind.Embeddings);

        Assert.Equal(new TokenEstimate(expected, 0), estimate);
    }

    [Fact]
    public async Task Estimate_Tools_AreCounted()
    {
        var without = await EstimateAsync("""{"model":"m","messages":[{"role":"user","content":"x"}]}""");
        var with = await EstimateAsync("""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"weather","description":"Tells the weather of a town.","parameters":{"type":"object","properties":{"town":{"type":"string"}}}}}]}""");

        Assert.InRange(with.Prompt - without.Prompt, 10, 40);
    }

    private static Task<TokenEstimate> EstimateAsync(object body) => EstimateAsync(JsonSerializer.Serialize(body));

    private static async Task<TokenEstimate> EstimateAsync(string body, RequestKind kind = RequestKind.ChatCompletion)
    {
        await Estimator.Ready;
        Assert.True(RequestEnvelope.TryRead(Encoding.UTF8.GetBytes(body), kind, out var request, out var error), error?.Message);
        return Estimator.Estimate(kind, request);
    }
}
