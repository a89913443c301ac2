using System.ComponentModel.DataAnnotations;
using LlmDapr.Contracts.Hop;
using Microsoft.Extensions.Options;

namespace LlmDapr.PromptCache.Freshness;

/// <summary>
/// The configuration section <c>Cache</c>. A model's own policy (<see cref="CachePolicy"/>) goes before <see cref="Mode"/>, <see cref="Ttl"/> and <see cref="StaleWhileRevalidate"/>, a tenant's
/// (<c>Cache:Tenants:&lt;tenant&gt;</c>, the same three names) before both; but the off of a model or of a tenant holds,
/// whatever the other says.
/// </summary>
internal sealed class CacheOptions
{
    public const string SectionName = "Cache";

    /// <summary>
    /// Which requests are answered from the cache. Default <c>deterministic</c>: those that ask for the same answer each time (<c>temperature: 0</c> or a <c>seed</c>, and embeddings),
    /// so that nobody who asks for another draw gets the old one. Or <c>all</c>, or <c>off</c>.
    /// </summary>
    public CacheMode Mode { get; set; } = CacheMode.Deterministic;

    /// <summary>How long an answer is fresh. Default 1 h, 1 s to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan Ttl { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How much longer it may be served while a new one is fetched behind the caller's back. Default 0 (not at all), 0 to <see cref="MaxTtl"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan StaleWhileRevalidate { get; set; } = TimeSpan.Zero;

    /// <summary>The longest ttl that a caller, a model or a tenant may ask for; what is longer is cut to it. Default 1 day, 1 s to 30 days. Purge marks are kept twice as long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MaxTtl { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The largest answer that is kept, bytes before packing. Default 256 KiB, 1 KiB to 2 MiB: a sidecar takes 4 MiB.</summary>
    [Range(1024, 2 * 1024 * 1024)]
    public int MaxEntryBytes { get; set; } = 256 * 1024;

    /// <summary>What the answers in this process's memory may take, bytes. Default 64 MiB, 0 (none is kept here) to 64 GiB.</summary>
    [Range(0L, 64L * 1024 * 1024 * 1024)]
    public long MemoryBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long a request waits for the state store before it goes on as a miss. Default 150 ms, 5 ms to 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.005", "00:00:05")]
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>How long one save in the background may take before it is given up. Default 5 s, 0.1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many answers may wait to be saved; more are dropped (and stay in memory). Default 1000, 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MaxPendingWrites { get; set; } = 1000;

    /// <summary>What they may hold together, bytes. Default 32 MiB, 1 MiB to 1 GiB.</summary>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int MaxPendingBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>How often purges of other replicas are looked for. Default 2 s, 0.1 s to 4 s: they are owed within 5.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:04")]
    public TimeSpan PurgePoll { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What differs for some tenants. Not bound like the rest: tenants' names have colons, which configuration takes for levels.</summary>
    internal TenantOverrides Tenants { get; set; } = TenantOverrides.None;

    /// <summary>The longest time that an entry can be served after its answer was complete.</summary>
    internal TimeSpan LongestLife => 2 * MaxTtl;
}

/// <summary>Checks the attributes of <see cref="CacheOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class CacheOptionsValidator : IValidateOptions<CacheOptions>;

/// <summary>Checks what the attributes cannot.</summary>
internal sealed class CacheOptionsCrossValidator : IValidateOptions<CacheOptions>
{
    public ValidateOptionsResult Validate(string? name, CacheOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (!Enum.IsDefined(options.Mode))
        {
            result.AddError($"Cache:Mode is {options.Mode}: give off, deterministic or all.");
        }

        if (options.Ttl > options.MaxTtl)
        {
            result.AddError($"Cache:Ttl ({options.Ttl}) is above Cache:MaxTtl ({options.MaxTtl}): lower it, or raise Cache:MaxTtl.");
        }

        if (options.StaleWhileRevalidate > options.MaxTtl)
        {
            result.AddError($"Cache:StaleWhileRevalidate ({options.StaleWhileRevalidate}) is above Cache:MaxTtl ({options.MaxTtl}): lower it, or raise Cache:MaxTtl.");
        }

        if (options.MemoryBytes > 0 && options.MemoryBytes < options.MaxEntryBytes)
        {
            result.AddError($"Cache:MemoryBytes ({options.MemoryBytes}) holds not even one answer of Cache:MaxEntryBytes ({options.MaxEntryBytes}): raise it, or set it to 0.");
        }

        if (options.MaxPendingBytes < options.MaxEntryBytes)
        {
            result.AddError($"Cache:MaxPendingBytes ({options.MaxPendingBytes}) is below Cache:MaxEntryBytes ({options.MaxEntryBytes}): raise it.");
        }

        foreach (var error in options.Tenants.Errors)
        {
            result.AddError(error);
        }

        return result.Build();
    }
}
