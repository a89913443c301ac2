using System.Security.Cryptography;
using System.Text;

namespace LlmDapr.Jobs.Records;

/// <summary>Ids of jobs: 32 hexadecimal digits, either new or the first 128 bits of the SHA-256 of what must not be done twice.</summary>
public static class JobIds
{
    private const int Digits = 32;

    /// <summary>A new id.</summary>
    public static string New() => Guid.CreateVersion7().ToString("N");

    /// <summary>A new <see cref="JobRecord.Mark"/>.</summary>
    public static string NewMark() => Guid.NewGuid().ToString("N")[..16];

    /// <summary>The id of the job that a tenant's <c>Idempotency-Key</c> names.</summary>
    public static string OfKey(string tenant, string key) => Of("key", tenant, key);

    /// <summary>The id of the job that an event asks for.</summary>
    public static string OfEvent(string tenant, string source, string eventId) => Of("event", tenant, source, eventId);

    /// <summary>Whether this can be a job's id. What cannot is never looked up.</summary>
    public static bool IsValid(string? id) => id is { Length: Digits } && id.All(char.IsAsciiHexDigitLower);

    /// <summary>SHA-256 as hexadecimal digits.</summary>
    internal static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    // Each part goes with its length: ("a", "bc") and ("ab", "c") are not the same.
    private static string Of(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        return Hash(Encoding.UTF8.GetBytes(text.ToString()))[..Digits];
    }
}
