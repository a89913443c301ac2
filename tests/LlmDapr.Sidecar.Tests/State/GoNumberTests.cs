using System.Globalization;
using CsCheck;
using LlmDapr.Sidecar.State;

namespace LlmDapr.Sidecar.Tests.State;

public sealed class GoNumberTests
{
    [Theory]
    [InlineData("42", "42")]
    [InlineData("1.50", "1.5")]
    [InlineData("-0.0", "-0")]
    [InlineData("0", "0")]
    [InlineData("1e3", "1000")]
    [InlineData("1E+20", "100000000000000000000")]
    [InlineData("1e21", "1e+21")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("-12.5e-3", "-0.0125")]
    [InlineData("9007199254740992", "9007199254740992")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    public void TryWrite_NumberThatKeepsItsValue_IsSpeltAsGoDoes(string number, string spelt)
    {
        Assert.True(GoNumber.TryWrite(number, out var written));
        Assert.Equal(spelt, written);
    }

    [Theory]
    [InlineData("12345678901234567890")]
    [InlineData("9007199254740993")]
    [InlineData("0.12345678901234567890123")]
    [InlineData("1e400")]
    [InlineData("1e-400")]
    public void TryWrite_NumberThatWouldChange_KeepsItsDigits(string number)
    {
        Assert.False(GoNumber.TryWrite(number, out var written));
        Assert.Equal(number, written);
    }

    [Fact]
    public void TryWrite_AnyDouble_IsTheSameNumberAgain() => Gen.Double.Where(double.IsFinite).Sample(value =>
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        Assert.True(GoNumber.TryWrite(text, out var written));
        Assert.Equal(value, double.Parse(written, CultureInfo.InvariantCulture));
    });
}
