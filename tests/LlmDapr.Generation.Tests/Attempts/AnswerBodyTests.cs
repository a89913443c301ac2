using System.Text;
using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Tests.Streaming;

namespace LlmDapr.Generation.Tests.Attempts;

public sealed class AnswerBodyTests
{
    [Theory]
    [InlineData("{}", true)]
    [InlineData(" {\"a\":[{}]} \n", true)]
    [InlineData("{\"a\":1.0e0}", true)]
    [InlineData("", false)]
    [InlineData("[]", false)]
    [InlineData("\"x\"", false)]
    [InlineData("{\"a\":1", false)]
    [InlineData("{} {}", false)]
    [InlineData("{}x", false)]
    [InlineData("<html></html>", false)]
    [InlineData("data: {}\n\n", false)]
    public void IsJsonObject_Body_IsOneWholeObject(string body, bool whole) => Assert.Equal(whole, AnswerBody.IsJsonObject(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(99_999)]
    [InlineData(100_000)]
    public async Task Read_WithinTheLimit_IsWhole(int length)
    {
        var bytes = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

        var body = await AnswerBody.ReadAsync(new Pieces(bytes, [7, 4096]), 100_000, TestContext.Current.CancellationToken);

        Assert.Equal(bytes, body!.Value.ToArray());
    }

    [Fact]
    public async Task Read_OverTheLimit_IsNull() =>
        Assert.Null(await AnswerBody.ReadAsync(new Pieces(new byte[100_001], []), 100_000, TestContext.Current.CancellationToken));
}
