using System.Text.Json;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Calls;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Embeddings;

/// <summary>One thing to embed: a text, or tokens.</summary>
/// <param name="Text">The text, null when tokens were given.</param>
/// <param name="Tokens">The tokens, empty when a text was given.</param>
internal sealed record EmbeddingInput(string? Text, int[] Tokens)
{
    private const int MaxInputs = 2048;

    public int TokenCount => Text is null ? Tokens.Length : TokenCounter.Count(Text);

    public float[] Vector(int dimensions) => Text is null ? SimulatedEmbedding.VectorFor(Tokens, dimensions) : SimulatedEmbedding.VectorFor(Text, dimensions);

    /// <summary>A string, an array of strings, an array of tokens or an array of arrays of tokens.</summary>
    public static IReadOnlyList<EmbeddingInput> Read(JsonElement root)
    {
        if (!root.TryField("input", out JsonElement input))
        {
            throw new RefusedException(ProviderErrors.Missing("input"));
        }

        if (input.ValueKind == JsonValueKind.String)
        {
            return [OfText(input)];
        }

        RequestFields.Expect(input, JsonValueKind.Array, "input", "a string or an array");
        int count = input.GetArrayLength();
        if (count == 0)
        {
            throw new RefusedException(ProviderErrors.Invalid("Invalid 'input': empty array. Expected an array with minimum length 1.", "input", "empty_array"));
        }

        if (input[0].ValueKind == JsonValueKind.Number)
        {
            return [OfTokens(input)];
        }

        if (count > MaxInputs)
        {
            throw new RefusedException(ProviderErrors.WrongValue("input", $"at most {MaxInputs} inputs"));
        }

        return [.. input.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Array ? OfTokens(item) : OfText(item))];
    }

    private static EmbeddingInput OfText(JsonElement input)
    {
        RequestFields.Expect(input, JsonValueKind.String, "input", "strings or arrays of tokens");
        string text = RequestFields.StringOf(input, "input");
        return text.Length == 0
            ? throw new RefusedException(ProviderErrors.Invalid("Invalid 'input': input cannot be an empty string.", "input"))
            : new EmbeddingInput(text, []);
    }

    private static EmbeddingInput OfTokens(JsonElement input) => new(null, [.. input.EnumerateArray().Select(token =>
        token.ValueKind == JsonValueKind.Number && token.TryGetInt32(out int id) && id >= 0
            ? id
            : throw new RefusedException(ProviderErrors.WrongValue("input", "tokens as whole numbers")))]);
}
