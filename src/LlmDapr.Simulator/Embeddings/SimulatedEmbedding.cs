using System.Runtime.InteropServices;
using LlmDapr.Simulator.Answers;

namespace LlmDapr.Simulator.Embeddings;

/// <summary>The vectors that the simulator answers: of length 1, and the same for the same input.</summary>
public static class SimulatedEmbedding
{
    /// <summary>The vector of a text.</summary>
    public static float[] VectorFor(string text, int dimensions = 1536) => Vector(SplitMix.SeedOf(text), dimensions);

    /// <summary>The vector of a text that is given as tokens. It isn't the text's: a provider's tokenizer isn't known here.</summary>
    public static float[] VectorFor(ReadOnlySpan<int> tokens, int dimensions = 1536) => Vector(SplitMix.SeedOf(MemoryMarshal.AsBytes(tokens)), dimensions);

    private static float[] Vector(ulong seed, int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        var random = new SplitMix(seed);
        double[] values = new double[dimensions];
        double squares = 0;
        for (int i = 0; i < dimensions; i++)
        {
            values[i] = random.NextNormal();
            squares += values[i] * values[i];
        }

        double length = Math.Sqrt(squares);
        return Array.ConvertAll(values, value => (float)(value / length));
    }
}
