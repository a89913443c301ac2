using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Freshness;

namespace LlmDapr.PromptCache.Store;

/// <summary>An entry on its way to the state store.</summary>
internal readonly record struct PendingWrite(CachePlan Plan, CacheEntry Entry)
{
    public int Bytes => Entry.Answer.Body.Length;
}
