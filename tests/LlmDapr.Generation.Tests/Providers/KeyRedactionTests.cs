using System.Text;
using LlmDapr.Generation.Providers;

namespace LlmDapr.Generation.Tests.Providers;

public sealed class KeyRedactionTests
{
    private const string Key = "sk-proj-abcdefghijklmnop";

    [Theory]
    [InlineData("Incorrect API key provided: sk-proj-abcdefghijklmnop.", "Incorrect API key provided: [redacted].")]
    [InlineData("sk-proj-abcdefghijklmnop and sk-proj-abcdefghijklmnop", "[redacted] and [redacted]")]
    [InlineData("Incorrect API key provided: sk-proj-********mnop. You", "Incorrect API key provided: [redacted]. You")]
    [InlineData("key *****************", "key [redacted]")]
    [InlineData("nothing to see", "nothing to see")]
    [InlineData("a ** b", "a ** b")]
    public void Apply_Key_IsTakenOut(string said, string passed) => Assert.Equal(passed, Apply(Key, said));

    [Fact]
    public void Apply_NoKeyInIt_IsTheSameBytes()
    {
        ReadOnlyMemory<byte> body = new byte[] { 0xff, 0xfe, (byte)'x' };

        Assert.True(new KeyRedaction(Key).Apply(body).Equals(body));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    public void Apply_NoKeyWorthHiding_IsTheSame(string? key) => Assert.Equal("a short ***** text", Apply(key, "a short ***** text"));

    private static string Apply(string? key, string text) => Encoding.UTF8.GetString(new KeyRedaction(key).Apply(Encoding.UTF8.GetBytes(text)).Span);
}
