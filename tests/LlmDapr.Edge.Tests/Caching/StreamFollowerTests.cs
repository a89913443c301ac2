using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using LlmDapr.Contracts.Hop;
using LlmDapr.Edge.Caching;
using LlmDapr.Edge.Forwarding;
using LlmDapr.Edge.Tests.Hosting;
using LlmDapr.PromptCache.Flights;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace LlmDapr.Edge.Tests.Caching;

public sealed class StreamFollowerTests
{
    // A stream that is too large to be joined is let go as it is read.
    [Fact]
    public async Task SendAsync_WaitingForMore_HoldsNothingThatWasSent()
    {
        var stream = new SharedStream(maxBytes: 1);
        var (following, sent) = Follow(stream, TestContext.Current.CancellationToken);

        Assert.Null(stream.First);
        await Soon.UntilAsync(() =>
        {
            GC.Collect();
            return !sent.IsAlive;
        });
        stream.Complete(new FlightStart.Whole(new HopHead(200, [], null, "m", "p/m", 1), default, null), StreamEnd.Complete);
        await following;
    }

    // Apart, so that nothing of it stays in the test's own frame.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Task Following, WeakReference Sent) Follow(SharedStream stream, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext();
        context.Response.Body = new Pipe(new PipeOptions(pauseWriterThreshold: 0)).Writer.AsStream();
        var follower = new StreamFollower(Options.Create(new ForwardingOptions()), TimeProvider.System);
        var head = new HopHead(200, [["content-type", "text/event-stream"]], null, "m", "p/m", 1);
        var first = stream.First!;
        var following = follower.SendAsync(context, new FlightStart.Streaming(head, stream), first, includesUsage: false, cancellationToken);
        stream.Append(Encoding.UTF8.GetBytes(CachingRig.Word), isUsage: false);
        stream.Append(Encoding.UTF8.GetBytes(CachingRig.Word), isUsage: false);
        return (following, new WeakReference(first));
    }
}
