namespace LlmDapr.Sidecar.State;

/// <summary>One save that an app asks for.</summary>
/// <param name="Key">The key; not empty (each API says so in its own words).</param>
/// <param name="Value">The bytes to keep.</param>
/// <param name="Etag">Save only over this etag; null or empty = whatever is there.</param>
/// <param name="Concurrency"><c>first-write</c>, <c>last-write</c>, null or empty; anything else is refused.</param>
/// <param name="Consistency"><c>strong</c>, <c>eventual</c>, null or empty; anything else is refused.</param>
/// <param name="Ttl">Metadata <c>ttlInSeconds</c> as it was given: null or empty = the component's, "-1" and "0" = none.</param>
internal sealed record StateSave(
    string Key, ReadOnlyMemory<byte> Value, string? Etag = null, string? Concurrency = null, string? Consistency = null, string? Ttl = null);
