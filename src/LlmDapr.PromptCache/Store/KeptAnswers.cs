using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Keys;

namespace LlmDapr.PromptCache.Store;

/// <summary>The two levels as one: memory first, then the state store. Thread-safe.</summary>
internal sealed class KeptAnswers(MemoryLevel memory, StateLevel state, StateWriter writer, FreshnessRule rule, CacheMetrics metrics)
{
    /// <summary>The answer that may serve the request. What memory has and may not serve it does not end the search: another replica may have kept a newer one.</summary>
    public async ValueTask<CacheLookup> FindAsync(CachePlan plan)
    {
        if (FindInMemory(plan) is { IsHit: true } here)
        {
            return here;
        }

        if (await state.ReadAsync(plan.Key) is not { } kept)
        {
            return default;
        }

        var there = rule.Judge(plan, kept, CacheLevel.Store);
        if (there.IsHit)
        {
            memory.Set(plan.Key, kept);
        }

        return there;
    }

    /// <summary>The answer that may serve the request, where this process has it.</summary>
    public CacheLookup FindInMemory(CachePlan plan)
    {
        if (memory.Find(plan.Key) is not { } held)
        {
            return default;
        }

        var here = rule.Judge(plan, held, CacheLevel.Memory);
        if (!here.IsHit && rule.IsVoid(plan, held.Epoch))
        {
            memory.Remove(plan.Key);
        }

        return here;
    }

    /// <summary>Keeps an answer where it is worth it: in memory at once, in the state store soon.</summary>
    public void Keep(CachePlan plan, CacheAnswer answer)
    {
        if (rule.EntryFor(plan, answer, out var dropped) is { } entry)
        {
            memory.Set(plan.Key, entry);
            writer.Add(new PendingWrite(plan, entry));
        }
        else if (dropped is not null)
        {
            metrics.Dropped(dropped);
        }
    }

    /// <summary>Gives the room of one answer back.</summary>
    public Task DeleteAsync(CacheKey key)
    {
        memory.Remove(key);
        return state.DeleteAsync(key);
    }
}
