using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using LlmDapr.Contracts.Requests;
using LlmDapr.PromptCache.Keys;

namespace LlmDapr.Benchmarks.Keys;

/// <summary>
/// The prompt cache's key of a 4 KB chat request against one SHA-256 and one pass of a <see cref="Utf8JsonReader"/> over the same bytes. The two take turns in short rounds, and the
/// ratio is that of their medians.
/// </summary>
internal static class KeyBenchmark
{
    private const int RequestBytes = 4096;
    private const int WarmUpCalls = 50_000;
    private const int CallsPerRound = 2000;
    private const int Rounds = 101;
    private const double Limit = 3.0;
    private const long AllocationLimit = 2048;

    public static int Run()
    {
        var isMet = true;
        foreach (var (name, lines) in new[] { ("some turns of talk and a tool", 4), ("almost nothing but structure", 0) })
        {
            isMet &= IsMet(name, ChatRequest.OfAbout(RequestBytes, lines));
        }

        return isMet ? 0 : 1;
    }

    private static bool IsMet(string name, byte[] request)
    {
        Measure(Key, request, WarmUpCalls);
        Measure(HashAndPass, request, WarmUpCalls);
        var (keys, bases) = (new double[Rounds], new double[Rounds]);
        for (var round = 0; round < Rounds; round++)
        {
            keys[round] = Measure(Key, request, CallsPerRound);
            bases[round] = Measure(HashAndPass, request, CallsPerRound);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < CallsPerRound; i++)
        {
            Key(request);
        }

        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / CallsPerRound;
        var (key, floor) = (Median(keys), Median(bases));
        var ratio = key / floor;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a chat request of {request.Length} bytes, {name}; {Rounds} rounds of {CallsPerRound} calls; median in µs"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  one SHA-256 and one Utf8JsonReader pass {floor,8:0.00}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the key                                 {key,8:0.00}   {ratio:0.00} x (limit {Limit:0.0})"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  allocated for a key                     {allocated,8} bytes (limit {AllocationLimit})"));
        return ratio <= Limit && allocated <= AllocationLimit;
    }

    private static void Key(byte[] request) => RequestKey.Of(RequestKind.ChatCompletion, request, "key:0123456789abcdef", "openai/gpt-4o-mini");

    private static void HashAndPass(byte[] request)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(request, hash);
        var reader = new Utf8JsonReader(request);
        while (reader.Read())
        {
        }
    }

    private static double Measure(Action<byte[]> what, byte[] request, int calls)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
        {
            what(request);
        }

        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / calls;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
