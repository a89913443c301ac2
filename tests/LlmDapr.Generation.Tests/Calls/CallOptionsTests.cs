using LlmDapr.Generation.Calls;

namespace LlmDapr.Generation.Tests.Calls;

public sealed class CallOptionsTests
{
    [Fact]
    public void Defaults_AreThoseOfTheDesign()
    {
        var options = new CallOptions();

        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(2), 16 << 20), (options.TotalTimeout, options.SilenceAfterFinish, options.MaxRequestBytes));
        Assert.True(Validate(options).Succeeded);
    }

    [Fact]
    public void Validate_LeastLegalValues_Pass() =>
        Assert.True(Validate(new CallOptions { TotalTimeout = TimeSpan.FromSeconds(1), SilenceAfterFinish = TimeSpan.FromSeconds(0.1), MaxRequestBytes = 1024, MaxAnswerBytes = 1024, MaxEventBytes = 1024 }).Succeeded);

    public static TheoryData<string> Wrong => ["TotalTimeout", "SilenceAfterFinish", "MaxRequestBytes", "MaxAnswerBytes", "MaxEventBytes"];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_OutOfRange_NamesTheOption(string option)
    {
        var options = new CallOptions();
        var property = typeof(CallOptions).GetProperty(option)!;
        property.SetValue(options, property.PropertyType == typeof(int) ? 1023 : TimeSpan.FromMilliseconds(1));

        Assert.Contains(option, Validate(options).FailureMessage, StringComparison.Ordinal);
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(CallOptions options) => new CallOptionsValidator().Validate(null, options);
}
