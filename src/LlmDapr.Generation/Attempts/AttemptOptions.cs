using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Attempts;

/// <summary>The configuration section <c>Attempts</c>: clocks of one attempt, and what follows one that failed.</summary>
internal sealed class AttemptOptions
{
    public const string SectionName = "Attempts";

    /// <summary>How long a stream's first token may take where the model has another target. Default 10 s, 0.1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan FirstToken { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The same where there is no other target to turn to. Default 30 s, 0.1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan FirstTokenAlone { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a plain answer may take. Default: as long as the call, since a long answer is not a slow one.</summary>
    public TimeSpan? PlainAnswer { get; set; }

    /// <summary>How long a stream may be silent between two chunks. Default 30 s, 0.1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most attempts of one request, at all its targets together. Default 5, 1 to 20.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>The most attempts at one target before the next one is asked. Default 2, 1 to 10.</summary>
    [Range(1, 10)]
    public int PerTarget { get; set; } = 2;

    /// <summary>The wait before the second attempt at a target, with jitter; it doubles from there. Default 250 ms, 1 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest <c>Retry-After</c> that is waited for; a longer one means: ask another target at once. Default 5 s, 0 to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Repetitions at the same target as a share of all requests, beyond <see cref="RetryReserve"/>. Default 0.1, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double RetryRatio { get; set; } = 0.1;

    /// <summary>Repetitions that are always allowed for a start, and saved up to. Default 20, 0 to 10,000.</summary>
    [Range(0, 10_000)]
    public int RetryReserve { get; set; } = 20;

    /// <summary>
    /// Whether a stream that has had no first token by its target's own 95th percentile is asked for at a second target, too: the first words win, the
    /// other call is cancelled. Costs calls (out of the retry budget) and saves waiting. Default false.
    /// </summary>
    public bool Hedge { get; set; }

    /// <summary>The least that is waited before that. Default 0.5 s, 1 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan HedgeFloor { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Failures at a target within <see cref="BreakerWindow"/> from which on its breaker may open, when they are half of its attempts. Default 5, 2 to 1000.</summary>
    [Range(2, 1000)]
    public int BreakerThreshold { get; set; } = 5;

    /// <summary>The breaker's window. Default 30 s, 1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an open breaker keeps calls from its target before one probes it. Default 8 s, 0.5 s to 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:00:10")]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(8);
}

/// <summary>Checks the attributes of <see cref="AttemptOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class AttemptOptionsValidator : IValidateOptions<AttemptOptions>;

/// <summary>Checks what attributes cannot.</summary>
internal sealed class AttemptOptionsCrossValidator : IValidateOptions<AttemptOptions>
{
    public ValidateOptionsResult Validate(string? name, AttemptOptions options) =>
        options.PlainAnswer is { } plain && (plain < TimeSpan.FromMilliseconds(100) || plain > TimeSpan.FromHours(2))
            ? ValidateOptionsResult.Fail($"Attempts:PlainAnswer is {plain}: give a time from 0.1 s to 2 h, or remove it.")
            : options.PerTarget > options.MaxAttempts
                ? ValidateOptionsResult.Fail($"Attempts:PerTarget ({options.PerTarget}) is above Attempts:MaxAttempts ({options.MaxAttempts}): lower the one or raise the other.")
                : ValidateOptionsResult.Success;
}
