using System.Text.Json;
using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.State;

/// <summary>The body of a save over HTTP: an array of items. Names of fields match whatever their case, and the last one counts.</summary>
internal static class SaveBody
{
    private const string Field = "Go struct field SetRequest.";

    /// <summary>Reads it; returns daprd's error, or null and the saves.</summary>
    /// <param name="body">The body.</param>
    /// <param name="metadata">Metadata of the query, which holds for all items.</param>
    /// <param name="saves">The items.</param>
    /// <param name="keptDigits">Whether a number kept its digits where daprd would have changed it.</param>
    public static string? Read(ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string> metadata, out List<StateSave> saves, out bool keptDigits)
    {
        saves = [];
        keptDigits = false;
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

            if (root.ValueKind != JsonValueKind.Array)
            {
                return GoJson.WrongType(root, "Go value", "[]state.SetRequest");
            }

            foreach (var element in root.EnumerateArray())
            {
                if (ReadItem(element, metadata, out var save, ref keptDigits) is { } wrong)
                {
                    return wrong;
                }

                saves.Add(save!);
            }
        }

        return saves.Exists(save => save.Key.Length == 0) ? "\"key\" is a required field" : null;
    }

    private static string? ReadItem(JsonElement item, IReadOnlyDictionary<string, string> metadata, out StateSave? save, ref bool keptDigits)
    {
        save = null;
        if (item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
        {
            return GoJson.WrongType(item, "Go value", "state.SetRequest");
        }

        var fields = new ItemFields();
        foreach (var member in item.ValueKind == JsonValueKind.Null ? default : item.EnumerateObject())
        {
            if (fields.Take(member) is { } wrong)
            {
                return wrong;
            }
        }

        var value = "null"u8.ToArray();
        if (fields.Value is { } given)
        {
            value = CanonicalJson.Write(given, out var kept);
            keptDigits |= kept;
        }

        save = new StateSave(fields.Key, value, fields.Etag, fields.Concurrency, fields.Consistency, metadata.GetValueOrDefault("ttlInSeconds") ?? fields.Ttl);
        return null;
    }

    private sealed class ItemFields
    {
        public string Key { get; private set; } = "";

        public JsonElement? Value { get; private set; }

        public string? Etag { get; private set; }

        public string? Concurrency { get; private set; }

        public string? Consistency { get; private set; }

        public string? Ttl { get; private set; }

        public string? Take(JsonProperty member)
        {
            if (Is(member, "value"))
            {
                Value = member.Value;
                return null;
            }

            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            return Is(member, "key") ? Text(member.Value, "key", text => Key = text)
                : Is(member, "etag") ? Text(member.Value, "etag", text => Etag = text)
                : Is(member, "metadata") ? Each(member.Value, "metadata", "map[string]string", TakeMetadata)
                : Is(member, "options") ? Each(member.Value, "options", "state.SetStateOption", TakeOption)
                : null;
        }

        // Names of metadata, unlike names of fields, are compared with their case.
        private string? TakeMetadata(JsonProperty member) =>
            member.Value.ValueKind == JsonValueKind.Null ? null : Text(member.Value, "metadata", text => Ttl = member.NameEquals("ttlInSeconds") ? text : Ttl);

        private string? TakeOption(JsonProperty member) =>
            member.Value.ValueKind == JsonValueKind.Null ? null
            : Is(member, "concurrency") ? Text(member.Value, "options.concurrency", text => Concurrency = text)
            : Is(member, "consistency") ? Text(member.Value, "options.consistency", text => Consistency = text)
            : null;

        private static bool Is(JsonProperty member, string name) => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase);

        private static string? Text(JsonElement value, string name, Action<string> take)
        {
            if (value.ValueKind != JsonValueKind.String)
            {
                return GoJson.WrongType(value, Field + name, "string");
            }

            take(value.GetString()!);
            return null;
        }

        private static string? Each(JsonElement value, string name, string type, Func<JsonProperty, string?> take)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                return GoJson.WrongType(value, Field + name, type);
            }

            foreach (var member in value.EnumerateObject())
            {
                if (take(member) is { } wrong)
                {
                    return wrong;
                }
            }

            return null;
        }
    }
}
