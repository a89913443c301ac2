namespace LlmDapr.Jobs.Store;

/// <summary>What lies under a key.</summary>
/// <param name="Bytes">The value; never empty.</param>
/// <param name="ETag">The name of this value, for a compare-and-set.</param>
internal sealed record StateDocument(ReadOnlyMemory<byte> Bytes, string ETag);
