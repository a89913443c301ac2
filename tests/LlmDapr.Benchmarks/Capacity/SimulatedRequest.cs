using LlmDapr.Contracts;

namespace LlmDapr.Benchmarks.Capacity;

/// <summary>One request of the load, with all that will happen to it wherever it is sent.</summary>
internal sealed record SimulatedRequest(
    int Number,
    double Arrival,
    string Priority,
    string Tenant,
    int PromptTokens,
    int EstimatedPrompt,
    int CompletionTokens,
    int? Bound,
    bool Streamed,
    double FirstToken,
    double Duration)
{
    public int TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>A draw from 0 to below 1 for an attempt, the same in each run.</summary>
    public double Draw(int seed, int attempt, int what)
    {
        var x = (ulong)(uint)Number * 0x9E3779B97F4A7C15UL ^ (ulong)(uint)((attempt * 31) + what) * 0xBF58476D1CE4E5B9UL ^ (ulong)(uint)seed * 0x94D049BB133111EBUL;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return ((x ^ (x >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The load of a setting: Poisson arrivals; long-tailed lengths and speeds, so that latency is, too.</summary>
    public static List<SimulatedRequest> Load(Setting setting)
    {
        var random = new Random(setting.Seed);
        var mix = setting.Mix;
        var rate = setting.Capacity * setting.Offered;
        var load = new List<SimulatedRequest>();
        for (var at = 0.0; ;)
        {
            at += -Math.Log(1 - random.NextDouble()) / rate;
            if (at >= setting.Length)
            {
                return load;
            }

            var prompt = Math.Max(5, (int)LogNormal(random, mix.PromptTokens, 0.8));
            var completion = Math.Max(1, (int)LogNormal(random, mix.CompletionTokens, 0.7));
            var first = LogNormal(random, mix.FirstToken, 0.5);
            var draw = random.NextDouble();
            load.Add(new SimulatedRequest(
                load.Count,
                at,
                draw < 0.2 ? Priorities.Interactive : draw < 0.55 ? Priorities.Async : Priorities.Batch,
                $"tenant-{random.Next(8)}",
                prompt,
                (int)(prompt * (0.9 + (0.2 * random.NextDouble()))),
                completion,
                random.NextDouble() < 0.3 ? (int)(completion * (1 + random.NextDouble())) : null,
                random.NextDouble() < 0.7,
                first,
                first + (completion * LogNormal(random, mix.PerToken, 0.25))));
        }
    }

    private static double LogNormal(Random random, double mean, double sigma)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return mean * Math.Exp((sigma * normal) - (sigma * sigma / 2));
    }
}
