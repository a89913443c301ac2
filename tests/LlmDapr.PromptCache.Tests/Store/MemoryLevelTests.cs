using LlmDapr.Contracts.Requests;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Keys;
using LlmDapr.PromptCache.Store;

namespace LlmDapr.PromptCache.Tests.Store;

public sealed class MemoryLevelTests : StoreTest
{
    private const int Limit = 1024 * 1024;

    [Fact]
    public async Task Set_MoreThanFits_StaysBelowTheLimit()
    {
        var memory = await NewMemoryAsync();
        var most = 0L;
        for (var i = 0; i < 5000; i++)
        {
            memory.Set(KeyOf(i), EntryOf(i % 20_000));
            most = Math.Max(most, memory.Bytes);
        }

        Assert.InRange(most, Limit / 2, Limit);
        Assert.NotNull(memory.Find(KeyOf(4999)));
        Assert.Null(memory.Find(KeyOf(0)));
    }

    [Fact]
    public async Task Bytes_AfterUpdatesAndRemovals_AreExact()
    {
        var memory = await NewMemoryAsync();
        for (var i = 0; i < 1000; i++)
        {
            memory.Set(KeyOf(i % 7), EntryOf(i));
        }

        for (var i = 0; i < 7; i++)
        {
            memory.Remove(KeyOf(i));
            memory.Remove(KeyOf(i));
        }

        Assert.Equal(0, memory.Bytes);
    }

    [Fact]
    public async Task Set_FromManyThreads_AccountsForAll()
    {
        var memory = await NewMemoryAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                memory.Set(KeyOf((i * (thread + 1)) % 400), EntryOf((i * 37) % 9000));
                memory.Remove(KeyOf((i * 7) % 400));
            }
        }, TestContext.Current.CancellationToken)));
        for (var i = 0; i < 400; i++)
        {
            memory.Remove(KeyOf(i));
        }

        Assert.Equal(0, memory.Bytes);
    }

    [Fact]
    public async Task Find_RepeatedPromptsAmongManySinglesOnes_AreKept()
    {
        var memory = await NewMemoryAsync();
        memory.Set(KeyOf(-1), EntryOf(100));
        for (var i = 0; i < 20_000; i++)
        {
            if (i % 100 == 0)
            {
                Assert.NotNull(memory.Find(KeyOf(-1)));
            }

            memory.Set(KeyOf(i), EntryOf(1000));
        }
    }

    private async Task<MemoryLevel> NewMemoryAsync() => (await StartAsync(("Cache:MemoryBytes", $"{Limit}"))).Replica.Get<MemoryLevel>();

    private static CacheKey KeyOf(int i) => RequestKey.Of(RequestKind.Embeddings, "{}"u8, $"{i}", "").Key;

    private static CacheEntry EntryOf(int bytes) => new(new CacheAnswer(200, "m", null, default, new byte[bytes]), DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), TimeSpan.Zero, 0);
}
