using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Tests.Scheduling;

public sealed class SchedulingOptionsTests
{
    [Fact]
    public void Defaults_AreValid()
    {
        var options = new SchedulingOptions();

        Assert.Equal((1000, TimeSpan.FromMinutes(5), LimiterKind.Aimd, 20, 1, 1000), (options.MaxQueue, options.MaxWait, options.Limiter, options.StartLimit, options.MinLimit, options.MaxLimit));
        Assert.Empty(ErrorsOf(options));
    }

    [Fact]
    public void Validate_LeastLegalValues_Pass() => Assert.Empty(ErrorsOf(new SchedulingOptions
    {
        MaxQueue = 1,
        MaxWait = TimeSpan.FromSeconds(1),
        SpillAfter = TimeSpan.Zero,
        StartLimit = 1,
        MinLimit = 1,
        MaxLimit = 1,
        InteractiveWeight = 1,
        AsyncWeight = 1,
        BatchWeight = 1,
    }));

    public static TheoryData<string, object> Wrong => new()
    {
        { nameof(SchedulingOptions.MaxQueue), 0 },
        { nameof(SchedulingOptions.MaxWait), TimeSpan.FromSeconds(0.5) },
        { nameof(SchedulingOptions.SpillAfter), TimeSpan.FromSeconds(-1) },
        { nameof(SchedulingOptions.StartLimit), 0 },
        { nameof(SchedulingOptions.StartLimit), 1001 },
        { nameof(SchedulingOptions.MinLimit), 1001 },
        { nameof(SchedulingOptions.MinLimit), 21 },
        { nameof(SchedulingOptions.MaxLimit), 0 },
        { nameof(SchedulingOptions.InteractiveWeight), 0 },
        { nameof(SchedulingOptions.AsyncWeight), 41 },
        { nameof(SchedulingOptions.BatchWeight), 6 },
        { nameof(SchedulingOptions.Limiter), (LimiterKind)7 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_Wrong_NamesTheOption(string option, object value)
    {
        var options = new SchedulingOptions();
        typeof(SchedulingOptions).GetProperty(option)!.SetValue(options, value);

        Assert.Contains(ErrorsOf(options), error => error.Contains(option, StringComparison.Ordinal));
    }

    private static IEnumerable<string> ErrorsOf(SchedulingOptions options) =>
        [.. new SchedulingOptionsValidator().Validate(null, options).Failures ?? [], .. new SchedulingOptionsCrossValidator().Validate(null, options).Failures ?? []];
}
