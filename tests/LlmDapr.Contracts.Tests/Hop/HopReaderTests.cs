using System.IO.Pipelines;
using System.Text;
using CsCheck;
using LlmDapr.Contracts.Hop;

namespace LlmDapr.Contracts.Tests.Hop;

public sealed class HopReaderTests
{
    private const string Head = """{"status":200,"headers":[["content-type","application/json"]],"length":4,"model":"m","target":"p/m","attempts":1}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\n")]
    [InlineData("\n\n\n\n")]
    [InlineData("")]
    public async Task ReadHead_BeatsBefore_AreSkipped(string beats)
    {
        var pipe = Pieces.Reader($"{beats}{Head}\nbody");

        var head = await HopReader.ReadHeadAsync(pipe, Cancelled);

        Assert.Equal(200, head?.Status);
        Assert.Equal("body", await Pieces.RestAsync(pipe));
    }

    [Fact]
    public async Task ReadHead_BodyOfLineFeeds_IsLeftWhole()
    {
        var pipe = Pieces.Reader($"\n{Head}\n\n\nx\n");

        Assert.NotNull(await HopReader.ReadHeadAsync(pipe, Cancelled));
        Assert.Equal("\n\nx\n", await Pieces.RestAsync(pipe));
    }

    [Fact]
    public void ReadHead_SplitAnywhere_IsTheSame() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 40].Array[1, 20], Gen.Int[0, 200]).SampleAsync(async (beats, cuts, bodyLength) =>
        {
            var body = new string('b', bodyLength);
            var pipe = Pieces.Reader($"{new string('\n', beats)}{Head}\n{body}", cuts);

            var head = await HopReader.ReadHeadAsync(pipe, CancellationToken.None);

            Assert.Equal((200, 4L, "m", "p/m", 1), (head!.Status, head.Length, head.Model, head.Target, head.Attempts));
            Assert.Equal(["content-type", "application/json"], Assert.Single(head.Headers));
            Assert.Equal(body, await Pieces.RestAsync(pipe));
        }, iter: 500);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("\n{\"status\":200")]
    [InlineData("\nnot json\n")]
    [InlineData("\n[]\n")]
    [InlineData("\nnull\n")]
    [InlineData("\n{}\n")]
    [InlineData("\n{\"status\":200}\n")]
    [InlineData("\n{\"status\":99,\"headers\":[]}\n")]
    [InlineData("\n{\"status\":1000,\"headers\":[]}\n")]
    [InlineData("\n{\"status\":\"200\",\"headers\":[]}\n")]
    [InlineData("\n{\"status\":200,\"headers\":[null]}\n")]
    [InlineData("\n{\"status\":200,\"headers\":[[\"name\"]]}\n")]
    [InlineData("\n{\"status\":200,\"headers\":[[\"name\",null]]}\n")]
    [InlineData("\n{\"status\":200,\"headers\":[],\"length\":-1}\n")]
    [InlineData("\n{\"status\":200,\"headers\":[],\"length\":1} and more\n")]
    [InlineData("<html>a proxy's page</html>\n")]
    public async Task ReadHead_NoHead_IsNull(string answer) => Assert.Null(await HopReader.ReadHeadAsync(Pieces.Reader(answer), Cancelled));

    [Fact]
    public async Task ReadHead_LineWithoutEnd_IsGivenUp()
    {
        var endless = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await endless.Writer.WriteAsync(new byte[HopFormat.MaxHeadBytes + 1], Cancelled);

        Assert.Null(await HopReader.ReadHeadAsync(endless.Reader, Cancelled));
    }

    [Fact]
    public async Task ReadHead_Cancelled_Throws()
    {
        using var leaving = new CancellationTokenSource();
        var reading = HopReader.ReadHeadAsync(new Pipe().Reader, leaving.Token).AsTask();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task HopHead_WrittenAndRead_IsTheSame()
    {
        var head = new HopHead(429, [["retry-after", "2"], ["x-ratelimit-reset-tokens", "6m0s"]], 17, "模\n\"", "azure/gpt", 2);
        var line = System.Text.Json.JsonSerializer.Serialize(head, ContractsJsonContext.Default.HopHead);

        var read = await HopReader.ReadHeadAsync(Pieces.Reader($"\n{line}\n"), Cancelled);

        Assert.Equal((429, 17L, "模\n\"", "azure/gpt", 2), (read!.Status, read.Length, read.Model, read.Target, read.Attempts));
        Assert.Equal(head.Headers, read.Headers);
        Assert.False(read.IsStream);
    }

    [Fact]
    public void HopHead_AsJson_HasTheNamesOfTheDesign() =>
        Assert.Equal(
            """{"status":200,"headers":[["a","b"]],"length":null,"model":"m","target":null,"attempts":0}""",
            System.Text.Json.JsonSerializer.Serialize(new HopHead(200, [["a", "b"]], null, "m", null, 0), ContractsJsonContext.Default.HopHead));

    [Theory]
    [InlineData("{\"a\":1}", "data: {\"a\":1}\n\n")]
    [InlineData("{\n\n}", "data: {\ndata: \ndata: }\n\n")]
    [InlineData("", "data: \n\n")]
    public void Event_AnyText_IsOneEvent(string text, string written) => Assert.Equal(written, Encoding.UTF8.GetString(HopFormat.Event(Encoding.UTF8.GetBytes(text))));
}
