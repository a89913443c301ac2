using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.Contracts.Requests;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Flights;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Keys;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.PromptCache.Tests.Flights;

/// <summary>A table of flights whose cache and calls the test has in hand.</summary>
internal sealed class FlightRig
{
    public const string Word = """data: {"id":"a","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}]}""" + "\n\n";
    public const string Stop = """data: {"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\n";
    public const string Usage = """data: {"id":"a","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""" + "\n\n";
    public const string Done = "data: [DONE]\n\n";
    public const string Plain = """{"id":"a","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""";

    public FlightRig(int maxAnswerBytes = 1_000_000) =>
        Table = new FlightTable((plan, _) => Lookup(plan), (plan, answer) => Kept.Enqueue((plan, answer)), Shared.Enqueue, new FlightOptions(maxAnswerBytes), Time, Log);

    public FlightTable Table { get; }

    public FakeTimeProvider Time { get; } = new();

    public FakeLogger<FlightTable> Log { get; } = new();

    public Func<CachePlan, ValueTask<CacheLookup>> Lookup { get; set; } = _ => default;

    public ConcurrentQueue<(CachePlan Plan, CacheAnswer Answer)> Kept { get; } = [];

    public ConcurrentQueue<FlightStart> Shared { get; } = [];

    public ConcurrentQueue<ScriptedCall> Calls { get; } = [];

    public static CachePlan Plan(byte key = 1, bool reads = true, bool stores = true, long epoch = 0) => new()
    {
        Key = new CacheKey([.. Enumerable.Repeat(key, CacheKey.Size)]),
        Tenant = "t",
        Model = "m",
        Reads = reads,
        Stores = stores,
        Ttl = TimeSpan.FromMinutes(1),
        Epoch = epoch,
    };

    public FlightRequest Request(bool streams = false, CachePlan? plan = null, double seconds = 60) =>
        new(plan ?? Plan(), RequestKind.ChatCompletion, streams, TimeSpan.FromSeconds(seconds), cancellationToken =>
        {
            var call = new ScriptedCall(cancellationToken);
            Calls.Enqueue(call);
            return call.Answer;
        });

    public FlightSeat Board(bool streams = false, CachePlan? plan = null, double seconds = 60) => Table.Board(Request(streams, plan, seconds));

    /// <summary>The call with that number, once it is made.</summary>
    public async Task<ScriptedCall> CallAsync(int number = 0)
    {
        await Soon.UntilAsync(() => Calls.Count > number);
        return Calls.ElementAt(number);
    }

    /// <summary>All that a follower reads to the end.</summary>
    public static async Task<(string Text, StreamEnd End)> ReadAsync(FlightStart start, bool usage = true)
    {
        var stream = Assert.IsType<FlightStart.Streaming>(start).Stream;
        var text = new StringBuilder();
        for (var part = stream.First!; part is not null; part = await part.Next.WaitAsync(TestContext.Current.CancellationToken))
        {
            text.Append(part.IsUsage && !usage ? string.Empty : Encoding.UTF8.GetString(part.Bytes.Span));
        }

        return (text.ToString(), stream.End!);
    }

    /// <summary>One call of a leader, answered by the test.</summary>
    internal sealed class ScriptedCall(CancellationToken cancellationToken)
    {
        private readonly TaskCompletionSource<(UpstreamAnswer?, ApiError?)> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));

        public CancellationToken Token => cancellationToken;

        public Task<(UpstreamAnswer? Answer, ApiError? Error)> Answer => _answer.Task.WaitAsync(cancellationToken);

        public ScriptedUpstream? Upstream { get; private set; }

        public void Refuse(ApiError error) => _answer.SetResult((null, error));

        public void Throw(Exception e) => _answer.SetException(e);

        public Task PlainAsync(string body, int status = 200, int? length = null, int attempts = 1) =>
            WholeAsync(body, new HopHead(status, [["content-type", "application/json"]], length ?? Encoding.UTF8.GetByteCount(body), "m", "p/m", attempts));

        public void Begin(HopHead? head = null)
        {
            Upstream = new ScriptedUpstream(_pipe.Reader, head);
            _answer.SetResult((Upstream, null));
        }

        public async Task SayAsync(string text) => await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

        public async Task EndAsync(Exception? fault = null) => await _pipe.Writer.CompleteAsync(fault);

        public async Task StreamAsync(params string[] events)
        {
            Begin();
            foreach (var text in events)
            {
                await SayAsync(text);
            }

            await EndAsync();
        }

        private async Task WholeAsync(string body, HopHead head)
        {
            Begin(head);
            await SayAsync(body);
            await EndAsync();
        }
    }
}
