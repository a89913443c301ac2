namespace LlmDapr.Sidecar.State;

/// <summary>What a key holds.</summary>
/// <param name="Key">The key as the app gave it.</param>
/// <param name="Value">The bytes; may be empty.</param>
/// <param name="Etag">Changes with each save.</param>
/// <param name="Expires">When it ends, in Unix milliseconds; null = never.</param>
internal sealed record StateEntry(string Key, byte[] Value, string Etag, long? Expires)
{
    /// <summary><see cref="Expires"/> as the metadata <c>ttlExpireTime</c> has it; null = none.</summary>
    public string? ExpireTime => Expires is { } expires
        ? DateTimeOffset.FromUnixTimeMilliseconds(expires).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)
        : null;
}
