using System.Collections.Concurrent;
using LlmDapr.Jobs.Records;
using Microsoft.Extensions.Options;

namespace LlmDapr.Jobs.Store;

/// <summary>
/// Which queued jobs may have lost their message. A long queue is no loss, but cannot be told from one: so a job is published again after a while, and then
/// after twice that, …; a message too many costs one read. Remembers only what was published again. Thread-safe.
/// </summary>
internal sealed class LostMessages(IOptions<JobsOptions> options, TimeProvider time)
{
    private const int MostDoublings = 6;
    private const int MostRemembered = 10_000;

    private readonly TimeSpan _after = options.Value.RepublishAfter;
    private readonly ConcurrentDictionary<string, (long At, int Times)> _again = new(StringComparer.Ordinal);

    /// <summary>Whether it is time to publish this job again.</summary>
    public bool MayBe(JobRecord job) => _again.TryGetValue(job.Id, out var last)
        ? time.GetElapsedTime(last.At) >= _after * Math.Pow(2, Math.Min(last.Times, MostDoublings))
        : time.GetUtcNow() - job.QueuedAt >= _after;

    /// <summary>It was published again.</summary>
    public void PublishedAgain(string id)
    {
        if (_again.Count >= MostRemembered)
        {
            Forget();
        }

        var now = time.GetTimestamp();
        _again.AddOrUpdate(id, _ => (now, 1), (_, last) => (now, last.Times + 1));
    }

    private void Forget()
    {
        foreach (var (id, last) in _again)
        {
            if (time.GetElapsedTime(last.At) >= _after || _again.Count >= MostRemembered)
            {
                _again.TryRemove(id, out _);
            }
        }
    }
}
