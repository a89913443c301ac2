using LlmDapr.Generation.Recovery;

namespace LlmDapr.Generation.Tests.Recovery;

public sealed class RecoveryOptionsTests
{
    [Fact]
    public void Defaults_Validated_AreFine()
    {
        Assert.True(new RecoveryOptionsValidator().Validate(null, new RecoveryOptions()).Succeeded);
        Assert.Equal(2, new RecoveryOptions().MaxPerRequest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void MaxPerRequest_OutOfRange_IsNamed(int value) =>
        Assert.Contains("MaxPerRequest", new RecoveryOptionsValidator().Validate(null, new RecoveryOptions { MaxPerRequest = value }).FailureMessage, StringComparison.Ordinal);
}
