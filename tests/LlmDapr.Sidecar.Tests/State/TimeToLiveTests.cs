using LlmDapr.Sidecar.State;

namespace LlmDapr.Sidecar.Tests.State;

public sealed class TimeToLiveTests
{
    [Theory]
    [InlineData(null, 7, 7)]
    [InlineData("", 7, 7)]
    [InlineData("", null, null)]
    [InlineData("-1", 7, null)]
    [InlineData("0", 7, null)]
    [InlineData("+10", null, 10)]
    [InlineData("2147483647", null, int.MaxValue)]
    public void Read_Text_IsSecondsOrForEver(string? text, int? standard, int? seconds)
    {
        Assert.Null(TimeToLive.Read(text, standard, out var read));
        Assert.Equal(seconds, read);
    }

    [Theory]
    [InlineData("-5", "must be -1 or greater")]
    [InlineData("99999999999", "must be -1 or greater")]
    [InlineData("abc", "strconv.ParseInt: parsing \"abc\": invalid syntax")]
    [InlineData("1.5", "strconv.ParseInt: parsing \"1.5\": invalid syntax")]
    [InlineData("-", "strconv.ParseInt: parsing \"-\": invalid syntax")]
    [InlineData("99999999999999999999", "strconv.ParseInt: parsing \"99999999999999999999\": value out of range")]
    public void Read_NoSeconds_HasDaprdsError(string text, string error) =>
        Assert.Equal($"error parsing TTL: incorrect value for metadata 'ttlInSeconds': {error}", TimeToLive.Read(text, null, out _));
}
