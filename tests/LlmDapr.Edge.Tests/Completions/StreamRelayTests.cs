using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using CsCheck;
using LlmDapr.Edge.Completions;
using LlmDapr.Edge.Errors;

namespace LlmDapr.Edge.Tests.Completions;

public sealed class StreamRelayTests
{
    private static readonly Gen<string> Event = Gen.Frequency(
        (6, Gen.Char["ab{}:\"é\n"].Array[1, 20].Select(chars => $"data: {new string(chars).Trim('\n').Replace("\n\n", "\n", StringComparison.Ordinal).Replace("\n", "\ndata: ", StringComparison.Ordinal)}\n\n")),
        (1, Gen.Const("data: [DONE]\n\n")),
        (1, Gen.Const("data: {\"error\":{\"message\":\"m\"}}\n\n")));

    [Fact]
    public void Forward_SplitAnywhere_PassesWholeEventsAndKnowsTheLast() =>
        Gen.Select(Event.Array[0, 8], Gen.Int[0, 30], Gen.Int[1, 17].Array[1, 10]).SampleAsync(async (events, cut, pieces) =>
        {
            // The last event may have been cut on its way.
            var whole = string.Concat(events);
            var tail = "data: {\"choices\":[{\"index\":0}]}"[..cut];
            var output = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
            var relay = new StreamRelay(output.Writer);
            var bytes = Encoding.UTF8.GetBytes(whole + tail);

            var (start, piece) = (0, 0);
            for (var end = 0; end < bytes.Length;)
            {
                end = Math.Min(bytes.Length, end + pieces[piece++ % pieces.Length]);
                var buffer = Segmented(bytes.AsMemory(start, end - start));
                start += (int)buffer.Slice(0, await relay.ForwardAsync(buffer, CancellationToken.None)).Length;
            }

            await output.Writer.CompleteAsync();
            using var passed = new MemoryStream();
            await output.Reader.CopyToAsync(passed);
            Assert.Equal(whole, Encoding.UTF8.GetString(passed.ToArray()));
            Assert.Equal(events.LastOrDefault() == "data: [DONE]\n\n", relay.IsComplete);
            Assert.Equal(events.LastOrDefault()?.StartsWith("data: {\"error\":{", StringComparison.Ordinal) ?? false, relay.EndsWithError);
        }, iter: 1000);

    [Theory]
    [InlineData("data: [DONE]\n\n", true)]
    [InlineData("data: [DONE] \n\n", false)]
    [InlineData("data:[DONE]\n\n", false)]
    [InlineData("data: x\n\ndata: [DONE]\n\n", true)]
    [InlineData("data: [DONE]\n\ndata: x\n\n", false)]
    [InlineData("data: \"data: [DONE]\"\n\n", false)]
    [InlineData("x\ndata: [DONE]\n\n", false)]
    [InlineData("data: [DONE]\n", false)]
    public async Task IsComplete_OnlyDone_AsTheLastEvent(string stream, bool complete)
    {
        var relay = new StreamRelay(PipeWriter.Create(new MemoryStream()));

        await relay.ForwardAsync(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(stream)), TestContext.Current.CancellationToken);

        Assert.Equal(complete, relay.IsComplete);
    }

    [Fact]
    public async Task Forward_NobodyReads_IsACallerWhoLeft()
    {
        var output = new Pipe();
        await output.Reader.CompleteAsync();
        var relay = new StreamRelay(output.Writer);

        await Assert.ThrowsAsync<CallerLeftException>(() => relay.ForwardAsync(new ReadOnlySequence<byte>("data: x\n\n"u8.ToArray()), TestContext.Current.CancellationToken).AsTask());
    }

    // Each byte in a segment of its own.
    private static ReadOnlySequence<byte> Segmented(ReadOnlyMemory<byte> bytes)
    {
        Segment? first = null, last = null;
        for (var i = 0; i < bytes.Length; i++)
        {
            last = last is null ? first = new Segment(bytes.Slice(i, 1), 0) : last.Append(bytes.Slice(i, 1));
        }

        return first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, 1);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
