using System.Security.Cryptography;
using System.Text;

namespace LlmDapr.Simulator.Answers;

/// <summary>Steele and others' SplitMix64: small, and the same sequence on every platform and runtime, which <see cref="Random"/> doesn't promise.</summary>
internal struct SplitMix(ulong state)
{
    private ulong _state = state;

    /// <summary>A seed that depends on every character of a text.</summary>
    public static ulong SeedOf(ReadOnlySpan<char> text)
    {
        byte[] utf8 = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int length = Encoding.UTF8.GetBytes(text, utf8);
        return SeedOf(utf8.AsSpan(0, length));
    }

    /// <summary>A seed that depends on every byte.</summary>
    public static ulong SeedOf(ReadOnlySpan<byte> bytes) => BitConverter.ToUInt64(SHA256.HashData(bytes));

    /// <summary>The value at a place of the sequence, without the ones before it.</summary>
    public static ulong At(ulong seed, ulong index) => Mix(seed + ((index + 1) * 0x9E3779B97F4A7C15));

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>From 0 (included) to 1 (not).</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Standard normal (Box and Muller).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextUnit())) * Math.Cos(2 * Math.PI * NextUnit());

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
