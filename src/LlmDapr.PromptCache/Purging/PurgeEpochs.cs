using Dapr.Client;
using LlmDapr.Contracts;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmDapr.PromptCache.Purging;

/// <summary>
/// This replica's view of what was purged, and its one document in the state store, which all replicas read every few seconds and change by compare-and-set. What was once seen is not forgotten
/// before its time, so a document that is lost or spoilt is written again by whoever still knows. Thread-safe.
/// </summary>
internal sealed class PurgeEpochs(DaprClient dapr, IOptions<CacheOptions> options, StoreHealth health, TimeProvider time, ILogger<PurgeEpochs> logger)
{
    public const string StateKey = "cache-epochs";

    // A few hundred kilobytes at most, which each replica reads every two seconds.
    private const int MaxKeyMarks = 4096;
    private const int Tries = 8;

    // A sidecar that waits for its app to be up answers a little later than the app first asks: nothing to warn of.
    private const int QuietMisses = 4;

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);

    // Another replica's clock may be behind, and a request may take its time between its start and its answer.
    private static readonly TimeSpan Margin = TimeSpan.FromHours(3);

    private static readonly StateOptions FirstWrite = new() { Concurrency = ConcurrencyMode.FirstWrite };
    private static readonly Dictionary<string, string> NoExpiry = new(StringComparer.Ordinal) { ["ttlInSeconds"] = "-1" };

    private readonly Lock _lock = new();
    private PurgeMarks _current = PurgeMarks.None;
    private Task<bool>? _first;
    private volatile bool _isKnown;
    private int _misses;

    /// <summary>What this replica knows to be purged.</summary>
    public PurgeMarks Current => Volatile.Read(ref _current);

    /// <summary>
    /// Completes when the document has been read once. Until then nothing of the state store may be served: it may have been purged while this replica was not there. False when it cannot
    /// be read now.
    /// </summary>
    public ValueTask<bool> KnownAsync()
    {
        if (_isKnown)
        {
            return ValueTask.FromResult(true);
        }

        lock (_lock)
        {
            if (_first is null or { IsCompleted: true })
            {
                _first = RefreshAsync(CancellationToken.None);
            }

            return new ValueTask<bool>(_first);
        }
    }

    /// <summary>Reads the document. False when the state store does not give it.</summary>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (marks, etag) = await ReadAsync(cancellationToken);
            var ours = Learn(marks ?? PurgeMarks.None);
            _isKnown = true;
            _misses = 0;
            health.Answered();
            if (marks is null || !marks.Covers(ours))
            {
                var isWritten = await TryWriteAsync(ours, etag, cancellationToken);
                logger.MarksWrittenAgain(marks is null ? "could not be read" : "was behind what this replica knows", isWritten);
            }

            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (_isKnown || Interlocked.Increment(ref _misses) >= QuietMisses)
            {
                health.Failed("read_marks", e, CallTimeout, e is OperationCanceledException);
            }

            return false;
        }
    }

    /// <summary>Marks what is to be served no more, here at once and then for all replicas.</summary>
    public async Task<PurgeResult> PurgeAsync(Purge purge, CancellationToken cancellationToken)
    {
        if (purge.Key is not null && Current.Keys.Count >= MaxKeyMarks)
        {
            return PurgeResult.TooMany;
        }

        Learn(Current.With(purge, time.GetUtcNow()));
        PurgeMarks? sent = null;
        for (var i = 0; i < Tries; i++)
        {
            try
            {
                var (read, etag) = await ReadAsync(cancellationToken);
                if (sent is not null && read is not null && read.Covers(sent))
                {
                    // An attempt whose answer was lost, or looked like a conflict, had been taken after all.
                    return PurgeResult.Done;
                }

                // Again after each refusal: the mark must be later than whatever another replica has put there meanwhile.
                sent = Learn(Learn(read ?? PurgeMarks.None).With(purge, time.GetUtcNow()));
                if (await TryWriteAsync(sent, etag, cancellationToken))
                {
                    return PurgeResult.Done;
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                logger.PurgeOnlyHere(e.Message);
                return PurgeResult.OnlyHere;
            }
        }

        logger.PurgeOnlyHere("the state store refused it, or other replicas changed it, again and again");
        return PurgeResult.OnlyHere;
    }

    private PurgeMarks Learn(PurgeMarks marks)
    {
        var oldest = time.GetUtcNow() - options.Value.LongestLife - Margin;
        lock (_lock)
        {
            return _current = _current.Union(marks).Since(oldest);
        }
    }

    private async Task<(PurgeMarks? Marks, string Etag)> ReadAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CallTimeout, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var (bytes, etag) = await dapr.GetByteStateAndETagAsync(DaprComponents.StateStore, StateKey, cancellationToken: bound.Token).WaitAsync(bound.Token);
        return (MarksDocument.Read(bytes.Span), etag ?? "");
    }

    // Always with first-write: without an etag it creates the document or is refused, on some stores with an error. Whatever is refused is read again by who asked.
    private async Task<bool> TryWriteAsync(PurgeMarks marks, string etag, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CallTimeout, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await dapr.TrySaveByteStateAsync(DaprComponents.StateStore, StateKey, MarksDocument.Write(marks), etag, FirstWrite, NoExpiry, bound.Token).WaitAsync(bound.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.MarksRefused(e.Message);
            return false;
        }
    }
}
