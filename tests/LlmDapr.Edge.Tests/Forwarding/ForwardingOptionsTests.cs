using LlmDapr.Edge.Forwarding;

namespace LlmDapr.Edge.Tests.Forwarding;

public sealed class ForwardingOptionsTests
{
    [Fact]
    public void Defaults_AreThoseOfTheDesign()
    {
        var options = new ForwardingOptions();

        Assert.Equal(
            (16 << 20, 64 << 20, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15)),
            (options.MaxRequestBytes, options.MaxAnswerBytes, options.Deadline, options.DeadlineGrace, options.KeepAlive));
        Assert.True(Validate(options).Succeeded);
    }

    public static TheoryData<string> Wrong => ["MaxRequestBytes", "MaxAnswerBytes", "Deadline", "DeadlineGrace", "KeepAlive"];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_OutOfRange_NamesTheOption(string option)
    {
        var options = new ForwardingOptions();
        var property = typeof(ForwardingOptions).GetProperty(option)!;
        property.SetValue(options, property.PropertyType == typeof(int) ? 1023 : TimeSpan.FromMilliseconds(1));

        Assert.Contains(option, Validate(options).FailureMessage, StringComparison.Ordinal);
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(ForwardingOptions options) => new ForwardingOptionsValidator().Validate(null, options);
}
