namespace LlmDapr.Benchmarks.Capacity;

/// <summary>The run: a provider's limits, when they are halved, and how much is asked.</summary>
internal sealed record Setting
{
    public required Mix Mix { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Times which all of the provider's limits and the load are multiplied.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Seconds.</summary>
    public double Length { get; init; } = 300;

    public double HalvedFrom { get; init; } = 120;

    public double HalvedTo { get; init; } = 180;

    public double Offered { get; init; } = 1.5;

    /// <summary>The time from us to the provider, and back, seconds each.</summary>
    public double Way { get; init; } = 0.02;

    /// <summary>Whether the budgets are halved, too: where they are, headers tell when the hidden limit may have risen again.</summary>
    public bool HalvesBudgets { get; init; } = true;

    public double ErrorRate { get; init; } = 0.02;

    public int Concurrency => 40 * Replicas;

    public double RequestsPerMinute => 600 * Replicas;

    public double TokensPerMinute => 200_000 * Replicas;

    /// <summary>Calls a second that the provider can take when nothing is halved.</summary>
    public double Capacity => Math.Min(Concurrency / Mix.Duration, Math.Min(RequestsPerMinute / 60, TokensPerMinute / 60 / Mix.TotalTokens));

    /// <summary>Whether the moment is one in which refusals are excused: the ten seconds after the halving.</summary>
    public bool IsExcused(double at) => at >= HalvedFrom && at < HalvedFrom + 10;
}
