using LlmDapr.Contracts.Hop;
using LlmDapr.Contracts.Requests;
using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Calls;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Streaming;

namespace LlmDapr.Generation.Recovery;

/// <summary>
/// A stream that outlives its provider. While all goes well it only keeps what is said; when the provider cuts, stalls or breaks it:
/// (1) the broken call is ended; (2) another target (the same, where there is no other) is asked to go on, or for the whole again; (3) its answer is held
/// back until it is known to follow what was said; (4) its chunks go out as chunks of the first. Where this fails, the stream ends with the fault that it
/// broke with. At most one call is open at any time. Not thread-safe.
/// </summary>
internal sealed class RecoveringStream : AnswerStream
{
    private readonly StreamRecoverer _recoverer;
    private readonly GenerationCall _call;
    private readonly RoutedModel _model;
    private readonly CallClock _clock;
    private readonly ToldAnswer _told = new();
    private readonly CallUsage _usage = new();
    private readonly HashSet<Target> _broken = [];
    private readonly Target _from;
    private AnswerStream? _stream;
    private Target _target;
    private NextAnswer? _next;
    private ChatStreamEnd? _end;
    private ReadOnlyMemory<byte>? _held;
    private (int Prompt, int Completion)? _reported;
    private string _mode = RecoveryMode.Restart;
    private bool _isMarked;
    private int _made;
    private int _recoveries;

    public RecoveringStream(StreamRecoverer recoverer, GenerationCall call, RoutedModel model, CallClock clock, Attempt.Streaming started, int made)
    {
        (_recoverer, _call, _model, _clock, _made) = (recoverer, call, model, clock, made);
        (_from, _target, _stream) = (started.Target, started.Target, started.Rest);
    }

    public override ChatStreamEnd? End => _end;

    /// <summary>Takes events of the stream into account and gives those that are to be sent now.</summary>
    public List<ReadOnlyMemory<byte>> Take(IReadOnlyList<ReadOnlyMemory<byte>> events)
    {
        var batch = new List<ReadOnlyMemory<byte>>(events.Count + 1);
        foreach (var text in events)
        {
            var data = StreamEvent.DataOf(text);
            if (_next is null)
            {
                var chunk = ChatChunk.Read(data.Span);
                _told.Observe(chunk, data.Span);
                Send(text, chunk, batch);
                continue;
            }

            foreach (var (spliced, raw) in _next.Take(data))
            {
                Send(HopFormat.Event(spliced), raw, batch);
            }
        }

        return batch;
    }

    public override async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var stream = _stream!;
            var batch = Take(stream.End is null ? await stream.ReadAsync(cancellationToken) : []);
            if (stream.End is { Fault: null })
            {
                SendHeld(batch);
                _end = stream.End;
                return batch;
            }

            if (batch.Count > 0)
            {
                return batch;
            }

            if (stream.End is { } broken)
            {
                batch = await RecoverAsync(broken, cancellationToken);
                if (batch is null)
                {
                    _end = broken;
                    return [];
                }

                if (batch.Count > 0)
                {
                    return batch;
                }
            }
        }
    }

    public override ValueTask DisposeAsync() => EndCallAsync();

    // A usage is kept back until the stream is complete, since there is one usage for all calls; and once another target has taken over, so is
    // whatever may be the last chunk, which tells of it.
    private void Send(ReadOnlyMemory<byte> text, in ChatChunk chunk, List<ReadOnlyMemory<byte>> batch)
    {
        if (_held is { } before)
        {
            // A usage that edge asks for itself is not for every caller, so the mark stands before it.
            batch.Add(chunk.IsUsage && _call.KeepsUsage ? Marked(before) : before);
            _held = null;
        }

        if (chunk.IsUsage)
        {
            _reported = (chunk.PromptTokens?.Value ?? 0, chunk.CompletionTokens?.Value ?? 0);
        }

        if (chunk.IsUsage || (_next is not null && _told.Finished))
        {
            _held = text;
        }
        else
        {
            batch.Add(text);
        }
    }

    private void SendHeld(List<ReadOnlyMemory<byte>> batch)
    {
        if (_held is { } last)
        {
            batch.Add(Marked(last));
            _held = null;
        }
    }

    // Once, and only where another target has taken over.
    private ReadOnlyMemory<byte> Marked(ReadOnlyMemory<byte> text)
    {
        if (_next is null || _isMarked)
        {
            return text;
        }

        _isMarked = true;
        return RecoveredMark.Put(text, _from, _target, _mode);
    }

    private async Task<List<ReadOnlyMemory<byte>>?> RecoverAsync(ChatStreamEnd broken, CancellationToken cancellationToken)
    {
        // (1)
        var from = _target;
        await EndCallAsync();
        Break();
        var request = ContinuationRequest.Read(_call.Request.Body);
        if (Obstacle(request) is { } why)
        {
            _recoverer.Logger.NotRecoverable(from.ToString(), why);
            return null;
        }

        var (mayContinue, again) = (_model.Recovery == StreamRecovery.Continue, (Target?)null);
        while (_made < _recoverer.MaxAttempts && (again is not null || _recoveries++ < _recoverer.MaxPerRequest))
        {
            // (2)
            var said = _told.Words;
            var continues = mayContinue && request.CanContinue(said);
            var mode = continues ? RecoveryMode.Continue : RecoveryMode.Restart;
            var prefill = continues ? ContinuationRequest.PrefillLength(said) : -1;
            _usage.Prefill = continues ? SaidTokens.Count(said[..prefill]) : 0;
            var asked = continues ? request.Continue(said[..prefill], _usage.Prefill) : _call.Request;
            (var attempt, _made) = await _recoverer.AskAsync(_call with { Request = asked }, ModelFor(again), _clock, _made);
            again = null;

            if (attempt is not Attempt.Streaming started)
            {
                // A request that was taken before and is not with an assistant message at its end: this provider takes none.
                var refused = continues && attempt is Attempt.Plain { Status: >= 400 and < 500 and not (408 or 409 or 429) };
                _recoverer.Report(from, broken.Fault!.Message, attempt.Target, mode, refused ? RecoveryResult.Refused : RecoveryResult.Failed);
                if (!refused)
                {
                    return null;
                }

                (mayContinue, again) = (false, attempt.Target);
                continue;
            }

            // (3)
            (_stream, _target, _mode) = (started.Rest, started.Target, mode);
            _next = new NextAnswer(_told, _usage, new AnswerJoint(said, prefill));
            var batch = await JoinAsync(_next, started.First, cancellationToken);
            var result = _next.State switch { JointState.Joined => RecoveryResult.Recovered, JointState.Different => RecoveryResult.Different, _ => RecoveryResult.Failed };
            _recoverer.Report(from, broken.Fault!.Message, _target, mode, result);
            if (_next.State == JointState.Joined)
            {
                return batch;
            }

            await EndCallAsync();
            if (_next.State == JointState.Different && !continues)
            {
                return null;
            }

            // What did not go on from what was said may still say the same again; what broke once more is left alone.
            (mayContinue, again) = _next.State == JointState.Different ? (false, _target) : (mayContinue, null);
            Break(isBroken: _next.State == JointState.Open);
        }

        return null;
    }

    private async Task<List<ReadOnlyMemory<byte>>> JoinAsync(NextAnswer next, IReadOnlyList<ReadOnlyMemory<byte>> first, CancellationToken cancellationToken)
    {
        var batch = Take(first);
        while (next.State == JointState.Open && _stream!.End is null)
        {
            batch = Take(await _stream.ReadAsync(cancellationToken));
        }

        return batch;
    }

    // Keeps what the call that has ended must have cost.
    private void Break(bool isBroken = true)
    {
        if (isBroken)
        {
            _broken.Add(_target);
        }

        _usage.Break(_next?.Words ?? _told.Words, _reported);
        (_held, _reported) = (null, null);
    }

    private string? Obstacle(ContinuationRequest request) =>
        _told.Finished ? "it had said its finish"
        : !_told.IsPlain ? "it had said more than words"
        : request.Obstacle;

    // Whose stream broke is asked only when there is nobody else; who is to be asked again comes first.
    private RoutedModel ModelFor(Target? again)
    {
        var well = _model.Targets.Where(target => !_broken.Contains(target.Target) || target.Target == again).ToList();
        var targets = well.Count > 0 ? well : _model.Targets;
        return _model with { Targets = [.. targets.Select(target => target.Target == again ? target with { Rank = -1 } : target).OrderBy(target => target.Rank)] };
    }

    private async ValueTask EndCallAsync()
    {
        if (_stream is { } stream)
        {
            _stream = null;
            await stream.DisposeAsync();
        }
    }
}
