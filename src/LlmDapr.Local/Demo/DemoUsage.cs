using System.Text.Json;

namespace LlmDapr.Local.Demo;

/// <summary>Tokens of one answer, or of many.</summary>
/// <param name="Prompt">What was asked.</param>
/// <param name="Completion">What was answered.</param>
internal sealed record DemoUsage(long Prompt, long Completion)
{
    /// <summary>Dollars for a million tokens of prompts. A price like that of a large hosted model; the simulator costs nothing.</summary>
    public const decimal PromptPrice = 2.50m;

    /// <summary>Dollars for a million tokens of answers.</summary>
    public const decimal CompletionPrice = 10m;

    private const decimal Million = 1_000_000;

    /// <summary>What they cost, in dollars.</summary>
    public decimal Cost => ((Prompt * PromptPrice) + (Completion * CompletionPrice)) / Million;

    /// <summary>All together.</summary>
    public static DemoUsage Sum(IEnumerable<DemoUsage?> usages) =>
        usages.OfType<DemoUsage>().Aggregate(new DemoUsage(0, 0), (sum, one) => new DemoUsage(sum.Prompt + one.Prompt, sum.Completion + one.Completion));

    /// <summary>What an answer, or a stream's chunk, says; null when it says nothing.</summary>
    public static DemoUsage? Of(JsonElement answer) =>
        answer.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
            ? new DemoUsage(usage.GetProperty("prompt_tokens").GetInt64(), usage.GetProperty("completion_tokens").GetInt64())
            : null;
}
