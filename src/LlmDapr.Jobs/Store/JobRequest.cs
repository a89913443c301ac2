using LlmDapr.Contracts;
using LlmDapr.Contracts.Requests;
using LlmDapr.Jobs.Records;

namespace LlmDapr.Jobs.Store;

/// <summary>Work that somebody wants done, whose body has been read and found good.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Kind">What it asks for.</param>
/// <param name="Model">The model, as the body names it.</param>
/// <param name="Body">The request's body as it came. A job has no stream: <c>stream</c> is not true in it.</param>
public sealed record JobRequest(string Tenant, RequestKind Kind, string Model, ReadOnlyMemory<byte> Body)
{
    /// <summary>How it came in.</summary>
    public JobOrigin Origin { get; init; }

    /// <summary>The caller's <c>Idempotency-Key</c>: with the tenant it names the job. Null for a new job each time.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>One of <see cref="Priorities"/>; a batch's lines have <see cref="Priorities.Batch"/>.</summary>
    public string Priority { get; init; } = Priorities.Async;

    /// <summary>What the caller asks of the prompt cache, as its <c>Cache-Control</c> would have it; null for nothing.</summary>
    public string? CacheControl { get; init; }

    /// <summary>For how many seconds the caller wants the answer kept, as <see cref="HeaderNames.CacheTtl"/> would have it; null for nothing.</summary>
    public string? CacheTtl { get; init; }
}
