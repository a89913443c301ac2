using LlmDapr.Generation.Attempts;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Tests.Attempts;

public sealed class AttemptOptionsTests
{
    [Fact]
    public void Defaults_AreThoseOfTheDesign()
    {
        var options = new AttemptOptions();

        Assert.Equal((10, 30, 30), (options.FirstToken.TotalSeconds, options.FirstTokenAlone.TotalSeconds, options.Idle.TotalSeconds));
        Assert.Null(options.PlainAnswer);
        Assert.True(options.BreakerPause <= TimeSpan.FromSeconds(10));
        Assert.Empty(Problems(options));
    }

    [Fact]
    public void Validate_LeastLegalValues_Pass()
    {
        var least = TimeSpan.FromSeconds(0.1);
        Assert.Empty(Problems(new AttemptOptions
        {
            FirstToken = least,
            FirstTokenAlone = least,
            PlainAnswer = least,
            Idle = least,
            MaxAttempts = 1,
            PerTarget = 1,
            BaseDelay = TimeSpan.FromMilliseconds(1),
            MaxRetryAfter = TimeSpan.Zero,
            RetryRatio = 0,
            RetryReserve = 0,
            BreakerThreshold = 2,
            BreakerWindow = TimeSpan.FromSeconds(1),
            BreakerPause = TimeSpan.FromSeconds(0.5),
        }));
    }

    public static TheoryData<string, object> Wrong => new()
    {
        { nameof(AttemptOptions.FirstToken), TimeSpan.FromMilliseconds(99) },
        { nameof(AttemptOptions.FirstToken), TimeSpan.FromMinutes(11) },
        { nameof(AttemptOptions.FirstTokenAlone), TimeSpan.Zero },
        { nameof(AttemptOptions.PlainAnswer), TimeSpan.FromMilliseconds(99) },
        { nameof(AttemptOptions.PlainAnswer), TimeSpan.FromHours(3) },
        { nameof(AttemptOptions.Idle), TimeSpan.Zero },
        { nameof(AttemptOptions.MaxAttempts), 0 },
        { nameof(AttemptOptions.MaxAttempts), 21 },
        { nameof(AttemptOptions.PerTarget), 0 },
        { nameof(AttemptOptions.PerTarget), 6 },
        { nameof(AttemptOptions.BaseDelay), TimeSpan.Zero },
        { nameof(AttemptOptions.MaxRetryAfter), TimeSpan.FromSeconds(-1) },
        { nameof(AttemptOptions.RetryRatio), 1.1 },
        { nameof(AttemptOptions.RetryReserve), -1 },
        { nameof(AttemptOptions.BreakerThreshold), 1 },
        { nameof(AttemptOptions.BreakerWindow), TimeSpan.FromMilliseconds(999) },
        { nameof(AttemptOptions.BreakerPause), TimeSpan.FromSeconds(11) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_OutOfRange_NamesTheOption(string option, object value)
    {
        var options = new AttemptOptions();
        typeof(AttemptOptions).GetProperty(option)!.SetValue(options, value);

        Assert.Contains(option, Problems(options)[0], StringComparison.Ordinal);
    }

    private static List<string> Problems(AttemptOptions options) =>
        [.. new IValidateOptions<AttemptOptions>[] { new AttemptOptionsValidator(), new AttemptOptionsCrossValidator() }
            .Select(validator => validator.Validate(null, options))
            .Where(result => result.Failed)
            .Select(result => result.FailureMessage!)];
}
