using System.Text;
using CsCheck;
using LlmDapr.Generation.Streaming;

namespace LlmDapr.Generation.Tests.Streaming;

public sealed class SseEventReaderTests
{
    private const int Limit = 64 * 1024;

    [Theory]
    [InlineData("data: a\n\n", new[] { "a" })]
    [InlineData("data:a\n\n", new[] { "a" })]
    [InlineData("data:  a \n\n", new[] { " a " })]
    [InlineData("data: a\r\n\r\n", new[] { "a" })]
    [InlineData("data: a\r\r", new[] { "a" })]
    [InlineData("data: a\r\n\n", new[] { "a" })]
    [InlineData("data: a\n\r\n", new[] { "a" })]
    [InlineData("data: a\n\ndata: b\n\n", new[] { "a", "b" })]
    [InlineData("data: a\r\n\r\ndata: b\r\rdata: c\n\n", new[] { "a", "b", "c" })]
    [InlineData("data: a\ndata: b\n\n", new[] { "a\nb" })]
    [InlineData("data: a\ndata\ndata: b\n\n", new[] { "a\n\nb" })]
    [InlineData(": comment\n\ndata: a\n\n", new[] { "a" })]
    [InlineData(": ping\ndata: a\n: pong\n\n", new[] { "a" })]
    [InlineData("event: chunk\nid: 7\nretry: 10\ndata: a\n\n", new[] { "a" })]
    [InlineData("event: ping\n\ndata: a\n\n", new[] { "a" })]
    [InlineData("database: x\ndat: y\n data: z\n\ndata: a\n\n", new[] { "a" })]
    [InlineData("\n\n\ndata: a\n\n\n\n", new[] { "a" })]
    [InlineData("data:\n\ndata: a\n\n", new[] { "a" })]
    [InlineData("data\n\ndata: a\n\n", new[] { "a" })]
    [InlineData("data: a\n\ndata: unfinished", new[] { "a" })]
    [InlineData("data: a\n\ndata: unfinished\n", new[] { "a" })]
    [InlineData("data: a:b: c\n\n", new[] { "a:b: c" })]
    [InlineData("", new string[0])]
    public async Task Read_AnyForm_GivesTheData(string stream, string[] events) => Assert.Equal(events, await ReadAllAsync(stream));

    [Fact]
    public void Read_SplitAnywhere_IsTheSame() =>
        Gen.Select(Events, Gen.Int[1, 9].Array[1, 12]).SampleAsync(
            async (events, pieces) => Assert.Equal(events.Select(e => e.Data), await ReadAllAsync(string.Concat(events.Select(e => e.Text)), pieces)),
            iter: 1000);

    [Fact]
    public async Task Read_ByteByByte_IsTheSame() =>
        Assert.Equal(["é", "b\nc"], await ReadAllAsync("data: é\r\n\r\n: x\r\n\r\ndata: b\r\ndata: c\r\n\r\n", Limit, 1));

    [Fact]
    public async Task TryRead_SeveralInOneRead_NeedsNoFurtherWait()
    {
        await using var reader = Reader("data: a\n\ndata: b\n\ndata: c\n\n", Limit);

        Assert.False(reader.TryRead());
        Assert.True(await reader.WaitAsync(TestContext.Current.CancellationToken));
        Assert.True(reader.TryRead());
        Assert.True(reader.TryRead());
        Assert.True(reader.TryRead());
        Assert.Equal("c", Encoding.UTF8.GetString(reader.Data.Span));
        Assert.False(reader.TryRead());
    }

    [Theory]
    [InlineData("data: {0}\n\n")]
    [InlineData("data: {0}")]
    [InlineData(": {0}")]
    public async Task Read_LargerThanAllowed_Throws(string form) =>
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAllAsync(form.Replace("{0}", new string('x', Limit + 1), StringComparison.Ordinal)));

    [Fact]
    public async Task Read_ManyLinesOfOneEventTooLarge_Throws()
    {
        var line = $"data: {new string('x', 1000)}\n";

        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAllAsync(string.Concat(Enumerable.Repeat(line, 100)) + "\n"));
    }

    [Fact]
    public async Task Read_SmallEventsLargerThanTheLimitTogether_AreAllRead()
    {
        var events = string.Concat(Enumerable.Repeat("data: 0123456789\n\n", 500));

        Assert.Equal(500, (await ReadAllAsync(events, limit: 1024)).Count);
    }

    [Fact]
    public async Task Read_EventOfTheLimit_IsRead()
    {
        var data = new string('x', Limit - 10);

        Assert.Equal([data], await ReadAllAsync($"data: {data}\n\n"));
    }

    [Fact]
    public async Task Wait_Cancelled_Throws()
    {
        await using var reader = new SseEventReader(new System.IO.Pipelines.Pipe().Reader.AsStream(), Limit);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.WaitAsync(new CancellationToken(canceled: true)).AsTask());
    }

    private static Gen<(string Text, string Data)[]> Events =>
        Gen.Select(
            Gen.Char["abc :é{}\"x"].Array[1, 12].Select(chars => new string(chars)).Array[1, 3],
            Gen.Int[0, 2],
            Gen.Int[0, 3],
            Gen.Bool,
            (lines, ending, noise, space) =>
            {
                var end = ending switch { 0 => "\n", 1 => "\r\n", _ => "\r" };
                var before = noise switch { 0 => "", 1 => $": comment{end}", 2 => $"event: x{end}id: 1{end}", _ => $": a{end}{end}" };
                var text = before + string.Concat(lines.Select(line => $"data:{(space || line[0] == ' ' ? " " : "")}{line}{end}")) + end;
                return (text, string.Join('\n', lines));
            }).Array[0, 6];

    private static SseEventReader Reader(string stream, int limit, params int[] pieces) => new(new Pieces(Encoding.UTF8.GetBytes(stream), pieces), limit);

    private static Task<List<string>> ReadAllAsync(string stream, params int[] pieces) => ReadAllAsync(stream, Limit, pieces);

    private static async Task<List<string>> ReadAllAsync(string stream, int limit, params int[] pieces)
    {
        await using var reader = Reader(stream, limit, pieces);
        var events = new List<string>();
        do
        {
            while (reader.TryRead())
            {
                events.Add(Encoding.UTF8.GetString(reader.Data.Span));
            }
        }
        while (await reader.WaitAsync(CancellationToken.None));

        return events;
    }
}
