using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Scheduling;

/// <summary>The configuration section <c>Scheduling</c>: who may call which target when.</summary>
internal sealed class SchedulingOptions
{
    public const string SectionName = "Scheduling";

    /// <summary>How many requests may wait for one model. Default 1000, 1 to 1,000,000. Asynchronous requests fill at most 90 % of it and batches 80 %, so that they cannot keep others out.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueue { get; set; } = 1000;

    /// <summary>The longest wait that anybody is let into: who would wait longer is refused at once. Default 5 min, 1 s to 2 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "02:00:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a request waits for a preferred target before a less preferred one may take it. Default 2 s, 0 to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan SpillAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How the limit of calls at once moves. Default <c>aimd</c>; or <c>gradient</c>, <c>fixed</c>.</summary>
    public LimiterKind Limiter { get; set; } = LimiterKind.Aimd;

    /// <summary>The limit of calls at once that a target begins with. Default 20, 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int StartLimit { get; set; } = 20;

    /// <summary>The least that the limit falls to. Default 1, 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MinLimit { get; set; } = 1;

    /// <summary>The most that the limit rises to. Default 1000, 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MaxLimit { get; set; } = 1000;

    /// <summary>The share of dispatches that interactive requests get while others wait, too. Default 40, 1 to 1000.</summary>
    [Range(1, 1000)]
    public int InteractiveWeight { get; set; } = 40;

    /// <summary>The same for asynchronous requests. Default 5, 1 to 1000.</summary>
    [Range(1, 1000)]
    public int AsyncWeight { get; set; } = 5;

    /// <summary>The same for batches. Default 1, 1 to 1000.</summary>
    [Range(1, 1000)]
    public int BatchWeight { get; set; } = 1;
}

/// <summary>Checks the attributes of <see cref="SchedulingOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class SchedulingOptionsValidator : IValidateOptions<SchedulingOptions>;

/// <summary>Checks what the attributes cannot.</summary>
internal sealed class SchedulingOptionsCrossValidator : IValidateOptions<SchedulingOptions>
{
    public ValidateOptionsResult Validate(string? name, SchedulingOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (!Enum.IsDefined(options.Limiter))
        {
            result.AddError($"Scheduling:Limiter is {options.Limiter}: give aimd, gradient or fixed.");
        }

        if (options.MinLimit > options.MaxLimit)
        {
            result.AddError($"Scheduling:MinLimit ({options.MinLimit}) is above Scheduling:MaxLimit ({options.MaxLimit}): lower it.");
        }
        else if (options.StartLimit < options.MinLimit || options.StartLimit > options.MaxLimit)
        {
            result.AddError($"Scheduling:StartLimit ({options.StartLimit}) must lie between Scheduling:MinLimit ({options.MinLimit}) and Scheduling:MaxLimit ({options.MaxLimit}).");
        }

        if (options.BatchWeight > options.AsyncWeight || options.AsyncWeight > options.InteractiveWeight)
        {
            result.AddError($"Scheduling:InteractiveWeight ({options.InteractiveWeight}) must not be below AsyncWeight ({options.AsyncWeight}), nor that below BatchWeight ({options.BatchWeight}).");
        }

        return result.Build();
    }
}
