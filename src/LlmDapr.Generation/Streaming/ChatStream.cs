using System.Globalization;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Providers;
using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Streaming;

/// <summary>
/// A provider's chat stream, turned into events for the hop: data unchanged, everything else (comments, other fields) left out, the usage chunk only
/// where the caller asked for it, <c>[DONE]</c> only when the answer is complete. Disposing it ends the call.
/// </summary>
internal sealed class ChatStream(ProviderResponse response, ChatStreamOptions options, TimeProvider time) : AnswerStream
{
    private static readonly TimeSpan PatienceAfterDone = TimeSpan.FromMilliseconds(250);

    private readonly SseEventReader _events = new(response.Content, options.MaxEventBytes);
    private readonly ChatStreamProgress _progress = new(options.Choices);
    private bool _hasContent;
    private bool _saidDone;
    private ChatStreamEnd? _end;
    private HeldAttempt? _held;

    /// <summary>Keeps what the attempt holds until the stream is disposed, which settles it.</summary>
    public void Holds(HeldAttempt attempt) => _held = attempt;

    public override ChatStreamEnd? End => _end;

    /// <summary>
    /// The events that have come since the last call, ready to be sent, having waited for at least one; empty only at the end. A fault of the
    /// provider is an <see cref="End"/>, not an exception.
    /// </summary>
    /// <param name="opening">True to wait until there is something to show; what only opens a stream is given together with it.</param>
    /// <param name="cancellationToken">The caller's leaving and the total clock.</param>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(bool opening, CancellationToken cancellationToken)
    {
        var batch = new List<ReadOnlyMemory<byte>>();
        try
        {
            while (End is null)
            {
                while (End is null && _events.TryRead())
                {
                    Take(batch);
                }

                if (End is not null || (batch.Count > 0 && (_hasContent || !opening)))
                {
                    break;
                }

                if (!await WaitAsync(cancellationToken) && End is null)
                {
                    Finish(_progress.AllAskedFinished, "The provider ended the stream before the answer was complete.");
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            Finish(_progress.AllAskedFinished, $"The provider broke the stream: {e.Message}");
        }

        return batch;
    }

    public override ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(CancellationToken cancellationToken) => ReadAsync(opening: false, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        try
        {
            if (_saidDone)
            {
                await ReadToEndAsync();
            }

            await _events.DisposeAsync();
            response.Dispose();
        }
        finally
        {
            if (_held is { } held)
            {
                held.Finish(Outcome(), _progress.Usage);
                held.Dispose();
            }
        }
    }

    private AttemptOutcome Outcome() => End switch
    {
        null => AttemptOutcome.Cancelled,
        { Fault: null } => AttemptOutcome.Success,
        { Fault.Status: StatusCodes.Status504GatewayTimeout } => AttemptOutcome.TimedOut,
        _ => AttemptOutcome.Failed,
    };

    private void Take(List<ReadOnlyMemory<byte>> batch)
    {
        var data = _events.Data;
        var kind = _progress.Observe(data.Span);
        switch (kind)
        {
            case ChunkKind.Done:
                _saidDone = true;
                Finish(_progress.AllBegunFinished, "The provider said [DONE] before the answer was complete.");
                break;
            case ChunkKind.Error:
                Finish(false, "The provider reported an error inside the stream.", options.Error(data));
                break;
            case ChunkKind.Invalid:
                Finish(false, "The provider sent a chunk that is not valid JSON.");
                break;
            case ChunkKind.Usage when options.HideUsage:
                break;
            default:
                _hasContent |= kind == ChunkKind.Content;
                batch.Add(HopFormat.Event(data.Span));
                break;
        }
    }

    // The body's end follows [DONE] at once, often in a packet of its own; only a connection that was read to its end is used again.
    private async Task ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(PatienceAfterDone, time);
        try
        {
            while (await _events.WaitAsync(patience.Token))
            {
                while (_events.TryRead())
                {
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException or InvalidDataException)
        {
            // Then the connection is closed, and the next call opens one.
        }
    }

    // Two clocks of one kind: between chunks a provider may be silent for so long, and once everything is said, one that forgets [DONE] is not
    // waited for. Before the first words there is none: that is the first token's clock, around the attempt. A wait that ends by them is no exception to the caller of this method.
    private async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        var allSaid = _progress.AllAskedFinished;
        using var silence = new CancellationTokenSource(allSaid ? options.SilenceAfterFinish : _hasContent ? options.Idle : Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            return await _events.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            if (!allSaid)
            {
                _end = new ChatStreamEnd(ApiError.Timeout(string.Create(CultureInfo.InvariantCulture, $"The provider was silent for {options.Idle.TotalSeconds:0.###} s in the middle of the stream.")), BeforeContent: !_hasContent);
            }

            return false;
        }
    }

    private void Finish(bool complete, string fault, ReadOnlyMemory<byte>? said = null) =>
        _end = complete ? ChatStreamEnd.Complete : new ChatStreamEnd(ApiError.Upstream(fault), said, !_hasContent);
}
