using LlmDapr.Sidecar.PubSub.Publishing;

namespace LlmDapr.Sidecar.Tests.PubSub.Publishing;

public sealed class PublishMetadataTests
{
    [Fact]
    public void OfQuery_ManyParameters_TakesThePrefixedOnesDecodedAndTheFirstOfEach()
    {
        var metadata = PublishMetadata.OfQuery("?metadata.a=1&metadata.a=2&metadata.b=&x=y&Metadata.c=1&metadata.t%C3%A4=a+b%2Bc&metadata.bad=%zz&metadata.bare");

        Assert.Equal(
            new Dictionary<string, string> { ["a"] = "1", ["b"] = "", ["tä"] = "a b+c", ["bare"] = "" },
            metadata);
    }

    [Theory]
    [InlineData("60", 60L)]
    [InlineData("0", 0L)]
    [InlineData("9223372036854775807", 9_223_372_036)]
    [InlineData("-1", null)]
    [InlineData("abc", null)]
    [InlineData("1.5", null)]
    public void TimeToLive_AsGiven_CountsWhenItIsAWholeNumberFromZero(string text, long? seconds)
    {
        Assert.Equal(seconds, (long?)PublishMetadata.TimeToLive(new Dictionary<string, string> { ["TTLinSeconds"] = text })?.TotalSeconds);
    }

    [Theory]
    [InlineData("", "x", false)]
    [InlineData("a b", "x", false)]
    [InlineData("ä", "x", false)]
    [InlineData("a:b", "x", false)]
    [InlineData("a", "x\ny", false)]
    [InlineData("a", "x\ry", false)]
    [InlineData("a", "x\0", false)]
    [InlineData("a", "\u007f", false)]
    [InlineData("a", "ä \t", true)]
    [InlineData("cloudevent.id", "", true)]
    public void FindUndeliverable_KeysAndValues_MustBeAHeader(string key, string value, bool fine) =>
        Assert.Equal(fine, PublishMetadata.FindUndeliverable(new Dictionary<string, string> { [key] = value }) is null);

    [Theory]
    [InlineData("true", true)]
    [InlineData("T", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    [InlineData("yes", null)]
    public void IsRaw_AsGoReadsBooleans_IsThatOrNone(string text, bool? raw) =>
        Assert.Equal(raw, PublishMetadata.IsRaw(new Dictionary<string, string> { ["rawPayload"] = text }, out _));
}
