using System.IO.Pipelines;
using System.Text;
using LlmDapr.Generation.Providers;
using LlmDapr.Generation.Streaming;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Generation.Tests.Streaming;

public sealed class ChatStreamTests : IAsyncDisposable
{
    private const string Role = """{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}""";
    private const string Word = """{"id":"c","choices":[{"index":0,"delta":{"content":"hi"}}],"x":1.0e0}""";
    private const string Stop = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    private const string Usage = """{"choices":[],"usage":{"total_tokens":3}}""";

    private readonly Pipe _provider = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FakeResponse _response;

    public ChatStreamTests() => _response = new FakeResponse(_provider.Reader.AsStream());

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_WithDone_IsComplete()
    {
        await SaysAsync(Role, Word, Stop, "[DONE]");
        await using var stream = Stream();

        Assert.Equal([Role, Word, Stop], await RestAsync(stream));
        Assert.Equal(ChatStreamEnd.Complete, stream.End);
    }

    [Fact]
    public async Task Read_EndOfBodyInsteadOfDone_IsComplete()
    {
        await SaysAsync(Role, Word, Stop);
        await _provider.Writer.CompleteAsync();
        await using var stream = Stream();

        Assert.Equal([Role, Word, Stop], await RestAsync(stream));
        Assert.Null(stream.End!.Fault);
    }

    [Fact]
    public async Task Read_SilenceInsteadOfDone_IsCompleteAfterTwoSeconds()
    {
        await SaysAsync(Word, Stop);
        await using var stream = Stream();
        Assert.Equal(2, (await stream.ReadAsync(opening: true, Cancelled)).Count);

        var waiting = stream.ReadAsync(opening: false, Cancelled).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Empty(await waiting);
        Assert.Null(stream.End!.Fault);
    }

    [Fact]
    public async Task Read_SilenceBeforeTheEnd_IsWaitedThrough()
    {
        await SaysAsync(Word);
        await using var stream = Stream();
        await stream.ReadAsync(opening: true, Cancelled);

        var waiting = stream.ReadAsync(opening: false, Cancelled).AsTask();
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.False(waiting.IsCompleted);
        await SaysAsync(Stop, "[DONE]");

        Assert.Single(await waiting);
        Assert.Null(stream.End!.Fault);
    }

    [Fact]
    public async Task Read_FewerChoicesThanAsked_IsCompleteOnlyWithDone()
    {
        await SaysAsync(Word, Stop);
        await _provider.Writer.CompleteAsync();
        await using var stream = Stream(choices: 2);

        await RestAsync(stream);

        Assert.NotNull(stream.End!.Fault);
    }

    [Fact]
    public async Task Read_EndOfBodyInTheMiddle_IsAFault()
    {
        await SaysAsync(Role, Word);
        await _provider.Writer.CompleteAsync();
        await using var stream = Stream();

        Assert.Equal([Role, Word], await RestAsync(stream));
        Assert.Equal((502, false), (stream.End!.Fault!.Status, stream.End.BeforeContent));
    }

    [Fact]
    public async Task Read_ConnectionBreaks_IsAFault()
    {
        await SaysAsync(Word);
        await using var stream = Stream();
        await stream.ReadAsync(opening: true, Cancelled);
        await _provider.Writer.CompleteAsync(new IOException("reset"));

        Assert.Empty(await stream.ReadAsync(opening: false, Cancelled));
        Assert.Contains("reset", stream.End!.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_BreaksBeforeContent_SaysSo()
    {
        await SaysAsync(Role);
        await _provider.Writer.CompleteAsync(new IOException("reset"));
        await using var stream = Stream();

        await stream.ReadAsync(opening: true, Cancelled);

        Assert.True(stream.End!.BeforeContent);
    }

    [Fact]
    public async Task Read_DoneTooEarly_IsAFault()
    {
        await SaysAsync(Word, "[DONE]");
        await using var stream = Stream();

        Assert.Equal([Word], await RestAsync(stream));
        Assert.NotNull(stream.End!.Fault);
    }

    [Fact]
    public async Task Read_DoneAlone_IsAFault()
    {
        await SaysAsync("[DONE]");
        await using var stream = Stream();

        Assert.Empty(await RestAsync(stream));
        Assert.NotNull(stream.End!.Fault);
    }

    [Fact]
    public async Task Read_DoneTwiceAndWordsAfter_EndsAtTheFirst()
    {
        await SaysAsync(Word, Stop, "[DONE]", "[DONE]", Word);
        await using var stream = Stream();

        Assert.Equal([Word, Stop], await RestAsync(stream));
        Assert.Null(stream.End!.Fault);
    }

    [Fact]
    public async Task Read_InvalidJson_IsAFaultAndNotPassedOn()
    {
        await SaysAsync(Word, "{\"choices\":[{\"ind", Word, Stop, "[DONE]");
        await using var stream = Stream();

        Assert.Equal([Word], await RestAsync(stream));
        Assert.NotNull(stream.End!.Fault);
    }

    [Theory]
    [InlineData("""{"error":{"message":"key sk-1 broke","type":"server_error","param":null,"code":"x"}}""", """{"error":{"message":"key *** broke","type":"server_error","param":null,"code":"x"}}""")]
    public async Task Read_ErrorEvent_IsAFaultWithItsWordsAndNoKey(string said, string passed)
    {
        await SaysAsync(Word, said, "[DONE]");
        await using var stream = Stream();

        Assert.Equal([Word], await RestAsync(stream));
        Assert.NotNull(stream.End!.Fault);
        Assert.Equal(passed, Encoding.UTF8.GetString(stream.End.Said!.Value.Span));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_UsageChunk_ReachesOnlyWhoeverAskedForIt(bool hidden)
    {
        await SaysAsync(Word, Stop, Usage, "[DONE]");
        await using var stream = Stream(hideUsage: hidden);

        Assert.Equal(hidden ? [Word, Stop] : [Word, Stop, Usage], await RestAsync(stream));
    }

    [Fact]
    public async Task Read_Opening_WaitsForContentAndGivesBothTogether()
    {
        await SaysAsync(Role);
        await using var stream = Stream();

        var opening = stream.ReadAsync(opening: true, Cancelled).AsTask();
        Assert.False(opening.IsCompleted);
        await SaysAsync(Word);

        Assert.Equal([Role, Word], (await opening).Select(Data));
    }

    [Fact]
    public async Task Read_DataOfSeveralLines_StaysOneEvent()
    {
        const string Pretty = "{\n  \"choices\": [\n\n {\"index\":0,\"delta\":{\"content\":\"hi\"}}]\n}";
        await WritesAsync(string.Concat(Pretty.Split('\n').Select(line => $"data: {line}\n")) + "\n");
        await using var stream = Stream();

        var sent = Encoding.UTF8.GetString(Assert.Single(await stream.ReadAsync(opening: true, Cancelled)).Span);

        Assert.EndsWith("\n\n", sent, StringComparison.Ordinal);
        Assert.Equal(sent.Length - 2, sent.IndexOf("\n\n", StringComparison.Ordinal));
        Assert.Equal(Pretty, string.Join('\n', sent.TrimEnd('\n').Split('\n').Select(line => line["data: ".Length..])));
    }

    [Fact]
    public async Task Read_Oversized_IsAFault()
    {
        await SaysAsync(Word);
        await using var stream = Stream();
        await stream.ReadAsync(opening: true, Cancelled);
        _ = WritesAsync($"data: {new string('x', 70_000)}\n\n");

        await RestAsync(stream);

        Assert.Contains("65536", stream.End!.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Cancelled_Throws()
    {
        await SaysAsync(Word, Stop);
        await using var stream = Stream();
        await stream.ReadAsync(opening: true, Cancelled);
        using var leaving = new CancellationTokenSource();
        var waiting = stream.ReadAsync(opening: false, leaving.Token).AsTask();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Dispose_EndsTheCall()
    {
        await Stream().DisposeAsync();

        Assert.True(_response.IsDisposed);
    }

    [Fact]
    public async Task Dispose_BodyThatGoesOnAfterDone_IsNotWaitedForLong()
    {
        await WritesAsync($"data: {Word}\n\ndata: {Stop}\n\ndata: [DONE]\n\n");
        var stream = Stream();
        await RestAsync(stream);

        var disposing = stream.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await disposing;

        Assert.True(_response.IsDisposed);
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.Writer.CompleteAsync();
        _response.Dispose();
    }

    private static async Task<List<string>> RestAsync(ChatStream stream)
    {
        var events = new List<string>();
        while (stream.End is null)
        {
            events.AddRange((await stream.ReadAsync(opening: false, Cancelled)).Select(Data));
        }

        return events;
    }

    private static string Data(ReadOnlyMemory<byte> sent)
    {
        var text = Encoding.UTF8.GetString(sent.Span);
        Assert.StartsWith("data: ", text, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        return text[6..^2];
    }

    private ChatStream Stream(int choices = 1, bool hideUsage = false) => new(
        new ProviderResponse(_response),
        new ChatStreamOptions(choices, hideUsage, 65536, TimeSpan.FromSeconds(2), said => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(said.Span).Replace("sk-1", "***", StringComparison.Ordinal))),
        _time);

    // A provider that says [DONE] ends the body after it, unless the test is about one that does not.
    private async Task SaysAsync(params string[] events)
    {
        await WritesAsync(string.Concat(events.Select(data => $"data: {data}\n\n")));
        if (events.Contains("[DONE]"))
        {
            await _provider.Writer.CompleteAsync();
        }
    }

    private async Task WritesAsync(string text) => await _provider.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), Cancelled);
}
