namespace LlmDapr.Jobs.Records;

/// <summary>What a job came to: the answer or the error that an HTTP caller would have seen.</summary>
/// <param name="Status">The HTTP status: 200, or that of the error.</param>
/// <param name="ContentType">The body's media type.</param>
/// <param name="Length">Bytes of the body.</param>
/// <param name="Attempt">The run whose result it is.</param>
/// <param name="Target">Who answered, as <c>provider/model</c>; null when nobody was asked.</param>
/// <param name="Body">The body when it is short; else it has a key of its own.</param>
/// <param name="Cache">How the prompt cache served it, one of <see cref="Contracts.CacheStatus"/>; null when it did not come so far.</param>
public sealed record JobOutcome(int Status, string ContentType, int Length, int Attempt, string? Target, byte[]? Body, string? Cache = null);
