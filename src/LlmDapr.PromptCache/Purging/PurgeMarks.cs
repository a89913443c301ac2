using System.Collections.Immutable;
using LlmDapr.PromptCache.Keys;

namespace LlmDapr.PromptCache.Purging;

/// <summary>
/// What was purged, and when. An epoch is a number that grows with each purge; it is at least the time in Unix milliseconds, so that it grows even when the document that
/// holds it is lost. A request takes the epoch of its start with it, and its answer is void when a mark of its key, model or tenant has a later one. Nothing kept is ever
/// looked for. Immutable.
/// </summary>
/// <param name="Epoch">The latest epoch.</param>
/// <param name="Tenants">By tenant.</param>
/// <param name="Models">By the name that callers use.</param>
/// <param name="Keys">By a request's key.</param>
internal sealed record PurgeMarks(long Epoch, ImmutableDictionary<string, long> Tenants, ImmutableDictionary<string, long> Models, ImmutableDictionary<CacheKey, long> Keys)
{
    public static readonly PurgeMarks None = new(0, ImmutableDictionary.Create<string, long>(StringComparer.Ordinal), ImmutableDictionary.Create<string, long>(StringComparer.Ordinal), ImmutableDictionary<CacheKey, long>.Empty);

    public int Count => Tenants.Count + Models.Count + Keys.Count;

    /// <summary>Whether an answer whose request began in this epoch has been purged since.</summary>
    public bool IsVoid(long epoch, CacheKey key, string model, string tenant) =>
        epoch < Epoch && (IsAfter(Tenants, tenant, epoch) || IsAfter(Models, model, epoch) || IsAfter(Keys, key, epoch));

    /// <summary>These marks and a new one.</summary>
    public PurgeMarks With(Purge purge, DateTimeOffset now)
    {
        var epoch = Math.Max(Epoch + 1, now.ToUnixTimeMilliseconds());
        return new PurgeMarks(
            epoch,
            purge.Tenant is { } tenant ? Tenants.SetItem(tenant, epoch) : Tenants,
            purge.Model is { } model ? Models.SetItem(model, epoch) : Models,
            purge.Key is { } key ? Keys.SetItem(key, epoch) : Keys);
    }

    /// <summary>All that either says.</summary>
    public PurgeMarks Union(PurgeMarks other) =>
        new(Math.Max(Epoch, other.Epoch), Union(Tenants, other.Tenants), Union(Models, other.Models), Union(Keys, other.Keys));

    /// <summary>Without the marks that are older than anything that is kept.</summary>
    public PurgeMarks Since(DateTimeOffset oldest)
    {
        var from = oldest.ToUnixTimeMilliseconds();
        return new PurgeMarks(Epoch, Since(Tenants, from), Since(Models, from), Since(Keys, from));
    }

    /// <summary>Whether this says all that the other says.</summary>
    public bool Covers(PurgeMarks other) => Epoch >= other.Epoch && Covers(Tenants, other.Tenants) && Covers(Models, other.Models) && Covers(Keys, other.Keys);

    private static bool IsAfter<T>(ImmutableDictionary<T, long> marks, T name, long epoch)
        where T : notnull => marks.TryGetValue(name, out var mark) && mark > epoch;

    private static ImmutableDictionary<T, long> Union<T>(ImmutableDictionary<T, long> marks, ImmutableDictionary<T, long> others)
        where T : notnull => marks.SetItems(others.Where(other => !marks.TryGetValue(other.Key, out var mark) || mark < other.Value));

    private static ImmutableDictionary<T, long> Since<T>(ImmutableDictionary<T, long> marks, long from)
        where T : notnull => marks.RemoveRange(marks.Where(mark => mark.Value < from).Select(mark => mark.Key));

    private static bool Covers<T>(ImmutableDictionary<T, long> marks, ImmutableDictionary<T, long> others)
        where T : notnull => others.All(other => marks.TryGetValue(other.Key, out var mark) && mark >= other.Value);
}
