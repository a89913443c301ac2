using System.Text.Json;
using System.Text.Json.Serialization;
using LlmDapr.Contracts.Errors;
using LlmDapr.PromptCache.Keys;
using LlmDapr.PromptCache.Purging;

namespace LlmDapr.Edge.Caching;

/// <summary>Which kept answers are to be served no more. At least one of the three; an answer goes when it matches any.</summary>
/// <param name="Key">That of one request: the answer's <c>x-llmdapr-cache-key</c>.</param>
/// <param name="Model">Those of a model, by the name that callers use, of all tenants.</param>
/// <param name="Tenant">Those of a tenant, of all models: <c>key:&lt;hash&gt;</c>, <c>dapr:&lt;app-id&gt;</c> or <c>anonymous</c>.</param>
public sealed record CachePurgeRequest(
    [property: JsonPropertyName("key")] string? Key,
    [property: JsonPropertyName("model")] string? Model,
    [property: JsonPropertyName("tenant")] string? Tenant)
{
    /// <summary>Reads the body. Null when it is wrong; <paramref name="error"/> names the field.</summary>
    internal static Purge? Read(ReadOnlyMemory<byte> body, out ApiError? error)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return Read(json.RootElement, out error);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            error = ApiError.InvalidRequest("The request body must be one JSON object with 'key', 'model' or 'tenant'.", code: "invalid_json");
            return null;
        }
    }

    private static Purge? Read(JsonElement body, out ApiError? error)
    {
        var purge = new Purge();
        error = null;
        foreach (var member in body.EnumerateObject())
        {
            if (member.Name is not ("key" or "model" or "tenant"))
            {
                error = ApiError.InvalidRequest($"'{member.Name}' is not known: a purge takes 'key', 'model' and 'tenant'.", member.Name, "unknown_parameter");
                return null;
            }

            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (member.Value.ValueKind != JsonValueKind.String || member.Value.GetString() is not { Length: > 0 } value)
            {
                error = ApiError.InvalidRequest($"'{member.Name}' must be a string that is not empty.", member.Name, "invalid_type");
                return null;
            }

            CacheKey key = default;
            if (member.Name == "key" && !CacheKey.TryParse(value, out key))
            {
                error = ApiError.InvalidRequest("'key' must be 64 hexadecimal digits, as an answer's header x-llmdapr-cache-key has them.", "key", "invalid_value");
                return null;
            }

            purge = member.Name switch
            {
                "key" => purge with { Key = key },
                "model" => purge with { Model = value },
                _ => purge with { Tenant = value },
            };
        }

        if (purge is { Key: null, Model: null, Tenant: null })
        {
            error = ApiError.InvalidRequest("Say what is to be purged: 'key', 'model' or 'tenant'.", "key", "missing_required_parameter");
            return null;
        }

        return purge;
    }
}

/// <summary>A purge that was taken.</summary>
/// <param name="Purged">Always true: this replica obeys it now, the others within 5 s.</param>
public sealed record CachePurgeAnswer([property: JsonPropertyName("purged")] bool Purged);

[JsonSerializable(typeof(CachePurgeAnswer))]
internal sealed partial class CachePurgeJsonContext : JsonSerializerContext;
