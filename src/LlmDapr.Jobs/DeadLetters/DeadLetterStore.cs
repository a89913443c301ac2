using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmDapr.Contracts;
using LlmDapr.Jobs.Publishing;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using Microsoft.Extensions.Options;

namespace LlmDapr.Jobs.DeadLetters;

/// <summary>
/// The dead letters in the state store, <c>dead-&lt;id&gt;</c> each, and their list, <c>dead-index</c>, so that nothing is scanned. Thread-safe; every method
/// throws <see cref="JobsUnavailableException"/> when the state store or the broker is out of reach.
/// </summary>
public sealed class DeadLetterStore : IDisposable
{
    private const string IndexKey = "dead-index";
    private const int Tries = 20;

    // Texts as they are, lest a letter become longer than the event in it, and too long for the store or the broker.
    private static readonly DeadLettersJsonContext Letters = new(new JsonSerializerOptions(DeadLettersJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    private static readonly string[] Redrivable = [Topics.Requests, Topics.Jobs];

    private readonly StateDocuments _documents;
    private readonly JobPublisher _publisher;
    private readonly TimeSpan _ttl;
    private readonly TimeProvider _time;

    // Replicas contend for the list by etag, the calls of one process need not.
    private readonly SemaphoreSlim _indexing = new(1);

    internal DeadLetterStore(StateDocuments documents, JobPublisher publisher, IOptions<JobsOptions> options, TimeProvider time) =>
        (_documents, _publisher, _ttl, _time) = (documents, publisher, options.Value.DeadLetterTtl, time);

    /// <summary>Keeps what arrived on <see cref="Topics.Dead"/>, a CloudEvent as JSON. The same event again changes nothing.</summary>
    public async Task KeepAsync(ReadOnlyMemory<byte> cloudEvent, CancellationToken cancellationToken)
    {
        var kept = LetterReader.Read(cloudEvent, _time.GetUtcNow());
        var bytes = JsonSerializer.SerializeToUtf8Bytes(kept, Letters.KeptLetter);
        await _documents.CreateAsync(KeyOf(kept.Id), bytes, _ttl, cancellationToken);

        // Dead for as long as its entry is kept, so counted from now.
        var summary = new LetterSummary(kept.Id, kept.Letter.Topic, kept.Letter.Code, kept.Letter.Reason, _time.GetUtcNow());
        await ChangeIndexAsync(index => index.Letters.Any(letter => letter.Id == kept.Id) ? index : index.With(summary), cancellationToken);
    }

    /// <summary>The letters, the newest first: the last 1,000 of the time that they are kept.</summary>
    public async Task<IReadOnlyList<LetterSummary>> ListAsync(CancellationToken cancellationToken) =>
        [.. Parse(await _documents.ReadAsync(IndexKey, cancellationToken)).Since(_time.GetUtcNow() - _ttl).Letters.Reverse()];

    /// <summary>One letter with its event; null when there is none.</summary>
    public async Task<KeptLetter?> GetAsync(string id, CancellationToken cancellationToken)
    {
        if (!JobIds.IsValid(id) || await _documents.ReadAsync(KeyOf(id), cancellationToken) is not { } document)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(document.Bytes.Span, DeadLettersJsonContext.Default.KeptLetter);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Forgets a letter. False when there is none.</summary>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var there = await GetAsync(id, cancellationToken) is not null;
        if (JobIds.IsValid(id))
        {
            await ChangeIndexAsync(index => index.Letters.Any(letter => letter.Id == id) ? index.Without(id) : index, cancellationToken);
            await _documents.DeleteAsync(KeyOf(id), cancellationToken);
        }

        return there;
    }

    /// <summary>
    /// Sends a letter's event to its topic again, then forgets the letter; an event without an id gets the letter's. When sending it fails, the letter stays;
    /// when forgetting it fails, the event may be sent twice, which its id makes harmless.
    /// </summary>
    public async Task<Redrive> RedriveAsync(string id, CancellationToken cancellationToken)
    {
        if (await GetAsync(id, cancellationToken) is not { } kept)
        {
            return Redrive.NotFound;
        }

        if (kept.Letter.Event is not { ValueKind: JsonValueKind.Object } cloudEvent || !Redrivable.Contains(kept.Letter.Topic))
        {
            return Redrive.Unusable;
        }

        var again = JsonObject.Create(cloudEvent)!;
        if (again["id"] is not JsonValue value || !value.TryGetValue<string>(out var eventId) || eventId.Length == 0)
        {
            again["id"] = kept.Id;
        }

        await _publisher.PublishAgainAsync(kept.Letter.Topic, System.Text.Encoding.UTF8.GetBytes(again.ToJsonString(Letters.Options)), cancellationToken);
        await RemoveAsync(id, cancellationToken);
        return Redrive.Sent;
    }

    /// <inheritdoc/>
    public void Dispose() => _indexing.Dispose();

    private static string KeyOf(string id) => $"dead-{id}";

    private static LetterIndex Parse(StateDocument? document)
    {
        try
        {
            return document is null ? LetterIndex.Empty : JsonSerializer.Deserialize(document.Bytes.Span, DeadLettersJsonContext.Default.LetterIndex) ?? LetterIndex.Empty;
        }
        catch (JsonException)
        {
            return LetterIndex.Empty;
        }
    }

    private async Task ChangeIndexAsync(Func<LetterIndex, LetterIndex> change, CancellationToken cancellationToken)
    {
        await _indexing.WaitAsync(cancellationToken);
        try
        {
            for (var i = 0; i < Tries; i++)
            {
                var document = await _documents.ReadAsync(IndexKey, cancellationToken);
                var index = Parse(document).Since(_time.GetUtcNow() - _ttl);
                var next = change(index);
                if (ReferenceEquals(next, index))
                {
                    return;
                }

                var bytes = JsonSerializer.SerializeToUtf8Bytes(next, DeadLettersJsonContext.Default.LetterIndex);
                if (document is null
                    ? await _documents.CreateAsync(IndexKey, bytes, ttl: null, cancellationToken) is null
                    : await _documents.ReplaceAsync(IndexKey, document.ETag, bytes, ttl: null, cancellationToken))
                {
                    return;
                }
            }

            throw new JobsUnavailableException("The list of dead letters is being changed by too many at once.");
        }
        finally
        {
            _indexing.Release();
        }
    }
}
