using System.Text.Json;
using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.State;

/// <summary>The body of a bulk get over HTTP. Of its fields only the keys matter here.</summary>
internal static class BulkGetBody
{
    /// <summary>Reads it; returns daprd's error, or null and the keys.</summary>
    public static string? Read(ReadOnlyMemory<byte> body, out List<string> keys)
    {
        keys = [];
        if (GoJson.Parse(body, out var document) is { } broken)
        {
            return broken;
        }

        using (document)
        {
            var root = document!.RootElement;
            if (root.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            if (root.ValueKind != JsonValueKind.Object)
            {
                return GoJson.WrongType(root, "Go value", "http.BulkGetRequest");
            }

            foreach (var member in root.EnumerateObject())
            {
                if (string.Equals(member.Name, "keys", StringComparison.OrdinalIgnoreCase) && ReadKeys(member.Value, keys) is { } wrong)
                {
                    return wrong;
                }
            }
        }

        return null;
    }

    private static string? ReadKeys(JsonElement list, List<string> keys)
    {
        keys.Clear();
        if (list.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            return GoJson.WrongType(list, "Go struct field BulkGetRequest.keys", "[]string");
        }

        foreach (var key in list.EnumerateArray())
        {
            if (key.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            {
                return GoJson.WrongType(key, "Go struct field BulkGetRequest.keys", "string");
            }

            keys.Add(key.GetString() ?? "");
        }

        return null;
    }
}
