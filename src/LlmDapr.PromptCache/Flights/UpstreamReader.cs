using System.Buffers;
using System.IO.Pipelines;
using LlmDapr.Contracts.Errors;
using LlmDapr.PromptCache.Answers;

namespace LlmDapr.PromptCache.Flights;

/// <summary>Reads an upstream answer that is a stream, event by event.</summary>
internal static class UpstreamReader
{
    private const string Broken = "The stream broke before the answer was complete.";

    /// <summary>
    /// Writes the events to the stream up to <c>[DONE]</c>, which is left for whoever has seen to it that the answer is kept; null then. Otherwise what is wrong,
    /// and whether the last event says so itself.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<(ApiError Error, bool IsTold)?> ReadStreamAsync(UpstreamAnswer answer, SharedStream stream, CancellationToken cancellationToken)
    {
        ApiError? told = null;
        try
        {
            while (true)
            {
                var read = await answer.Body.ReadAsync(cancellationToken);
                var whole = read.Buffer.Slice(0, StreamEvents.EndOf(read.Buffer));
                var (isDone, error) = Share(whole.ToArray(), stream);
                told = error ?? (whole.IsEmpty ? told : null);
                var isLast = whole.Length == read.Buffer.Length;
                answer.Body.AdvanceTo(whole.End, read.Buffer.End);
                if (isDone)
                {
                    return isLast ? null : (ApiError.Upstream(Broken), false);
                }

                if (read.IsCompleted)
                {
                    answer.ReadToEnd();
                    return (told ?? ApiError.Upstream(Broken), told is not null);
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return (told ?? ApiError.Upstream(Broken), told is not null);
        }
    }

    // Usage goes apart. What comes behind [DONE] makes the answer none.
    private static (bool IsDone, ApiError? Error) Share(ReadOnlyMemory<byte> events, SharedStream stream)
    {
        var (rest, from, at) = (events, 0, 0);
        while (StreamEvents.TryTake(ref rest, out var whole))
        {
            var data = StreamEvents.DataOf(whole);
            var kind = EventKinds.Of(data.Span);
            if (kind is EventKind.Part)
            {
                at += whole.Length;
                continue;
            }

            if (kind is EventKind.Error && rest.IsEmpty)
            {
                Append(events[from..], isUsage: false);
                return (false, AnswerFacts.ErrorOf(data));
            }

            Append(events[from..at], isUsage: false);
            if (kind is EventKind.Done)
            {
                return rest.IsEmpty ? (true, null) : (false, null);
            }

            Append(whole, kind is EventKind.Usage);
            from = at += whole.Length;
        }

        Append(events[from..at], isUsage: false);
        return (false, null);

        void Append(ReadOnlyMemory<byte> part, bool isUsage)
        {
            if (!part.IsEmpty)
            {
                stream.Append(part, isUsage);
            }
        }
    }
}
