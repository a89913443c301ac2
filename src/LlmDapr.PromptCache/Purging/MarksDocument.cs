using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using LlmDapr.PromptCache.Keys;

namespace LlmDapr.PromptCache.Purging;

/// <summary>The document <c>cache-epochs</c> in the state store: JSON, so that an operator can read what was purged.</summary>
internal sealed record MarksDocument(long Epoch, Dictionary<string, long>? Tenants, Dictionary<string, long>? Models, Dictionary<string, long>? Keys)
{
    // The end of year 9999: an epoch is a time, and one more must still be a number.
    private const long MaxEpoch = 253_402_300_799_999;

    public static byte[] Write(PurgeMarks marks) => JsonSerializer.SerializeToUtf8Bytes(
        new MarksDocument(marks.Epoch, new(marks.Tenants), new(marks.Models), marks.Keys.ToDictionary(mark => mark.Key.ToString(), mark => mark.Value)),
        MarksJsonContext.Default.MarksDocument);

    /// <summary>The marks of these bytes; null when they are not such a document. No bytes are no marks.</summary>
    public static PurgeMarks? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return PurgeMarks.None;
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, MarksJsonContext.Default.MarksDocument)?.ToMarks();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private PurgeMarks? ToMarks()
    {
        var keys = ImmutableDictionary.CreateBuilder<CacheKey, long>();
        foreach (var (text, epoch) in Keys ?? [])
        {
            if (!CacheKey.TryParse(text, out var key))
            {
                return null;
            }

            keys[key] = epoch;
        }

        var all = (Tenants ?? []).Values.Concat((Models ?? []).Values).Concat(keys.Values);
        return Epoch is < 0 or > MaxEpoch || all.Any(epoch => epoch < 0 || epoch > Epoch)
            ? null
            : new PurgeMarks(
                Epoch,
                ImmutableDictionary.CreateRange(StringComparer.Ordinal, Tenants ?? []),
                ImmutableDictionary.CreateRange(StringComparer.Ordinal, Models ?? []),
                keys.ToImmutable());
    }
}

/// <summary>Its serialization, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MarksDocument))]
internal sealed partial class MarksJsonContext : JsonSerializerContext;
