using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.Tests.Hosting;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("4Mi", 4194304)]
    [InlineData("16Mi", 16777216)]
    [InlineData("16Ki", 16384)]
    [InlineData("4096", 4096)]
    [InlineData("2G", 2000000000)]
    [InlineData("10k", 10000)]
    [InlineData("1.5Ki", 1536)]
    [InlineData("0", 0)]
    public void TryParse_Quantity_IsRead(string text, long bytes)
    {
        Assert.True(Quantity.TryParse(text, out var actual));
        Assert.Equal(bytes, actual);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mi")]
    [InlineData("-4Mi")]
    [InlineData("4MB")]
    [InlineData("four")]
    [InlineData("99999999999Ti")]
    public void TryParse_NoQuantity_IsRefused(string text) => Assert.False(Quantity.TryParse(text, out _));
}
