using System.Text.Json;
using LlmDapr.Generation.Providers;

namespace LlmDapr.Generation.Catalog;

/// <summary>What a provider lists, or that it lists nothing.</summary>
internal sealed record ListedModels(Provider Provider, IReadOnlyList<ListedModel> Models)
{
    /// <summary>Reads <c>{"data":[{"id","created","owned_by"},…]}</c>; what has no id is left out.</summary>
    public static ListedModels Parse(Provider provider, ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var models = new List<ListedModel>();
        if (document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("data", out var data)
            && data.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in data.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Object && Text(item, "id") is { Length: > 0 } name)
                {
                    models.Add(new ListedModel(
                        name,
                        item.TryGetProperty("created", out var created) && created.ValueKind == JsonValueKind.Number && created.TryGetInt64(out var seconds) ? seconds : 0,
                        Text(item, "owned_by") ?? provider.Name));
                }
            }
        }

        return new ListedModels(provider, models);
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>One line of a provider's list. <paramref name="Created"/> is in Unix seconds, 0 when not given.</summary>
internal sealed record ListedModel(string Id, long Created, string OwnedBy);
