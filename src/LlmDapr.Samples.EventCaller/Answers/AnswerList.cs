namespace LlmDapr.Samples.EventCaller.Answers;

/// <summary>
/// The answers that have come, each once, in the order of their coming; the newest <see cref="Kept"/> of them. It is in memory, since this is a sample: an app that must not do a thing twice writes
/// the event's id where it does the thing, in one transaction. Safe for concurrent use.
/// </summary>
internal sealed class AnswerList
{
    /// <summary>How many are kept.</summary>
    public const int Kept = 100_000;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, Answer> _byEventId = new(StringComparer.Ordinal);

    /// <summary>Takes what an event brought; false when it had come before.</summary>
    public bool Add(ResultEvent result)
    {
        var data = result.Data;
        lock (_lock)
        {
            if (_byEventId.TryGetValue(result.Id, out var before))
            {
                _byEventId[result.Id] = before with { Deliveries = before.Deliveries + 1 };
                return false;
            }

            if (_byEventId.Count == Kept)
            {
                _byEventId.RemoveAt(0);
            }

            _byEventId.Add(result.Id, new Answer(data.RequestId, result.Id, data.Status, data.StatusCode, data.Body, Deliveries: 1));
            return true;
        }
    }

    /// <summary>All of them, or those to one request.</summary>
    public IReadOnlyList<Answer> Of(string? requestId)
    {
        lock (_lock)
        {
            return [.. _byEventId.Values.Where(answer => requestId is null || answer.Id == requestId)];
        }
    }
}
