using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmDapr.Simulator.Answers;

/// <summary>
/// JSON that satisfies a schema of OpenAI's strict subset: object, array, string, number, integer, boolean, null, enum, const, the first of
/// anyOf, $ref, and the usual limits on lengths and numbers. What it doesn't know it ignores.
/// </summary>
internal static class SchemaAnswer
{
    /// <summary>Recursive schemas end here: below it, arrays are as short as they may be and unions take their last member.</summary>
    private const int DeepEnough = 4;

    private const int TooDeep = 60;

    /// <summary>No array or string is made longer than this, whatever the schema asks for.</summary>
    private const int LongEnough = 10_000;

    /// <summary>Compact JSON with raw UTF-8. Without a schema: an object with one text.</summary>
    public static string Render(JsonElement? schema, ulong seed)
    {
        var output = new ArrayBufferWriter<byte>(256);
        if (schema is { } given)
        {
            new Writer(output, given, seed).Write(given, 0);
        }
        else
        {
            output.Write("{\"answer\":"u8);
            JsonText.Write(output, WordsFor(seed, 6));
            output.Write("}"u8);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string WordsFor(ulong seed, int count) => SimulatedAnswer.Words(seed.ToString(CultureInfo.InvariantCulture), count, 0);

    private ref struct Writer(ArrayBufferWriter<byte> output, JsonElement root, ulong seed)
    {
        private SplitMix _random = new(seed);

        public void Write(JsonElement schema, int depth)
        {
            if (depth > TooDeep || schema.ValueKind != JsonValueKind.Object)
            {
                output.Write("null"u8);
                return;
            }

            if (schema.TryGetProperty("$ref", out JsonElement reference) && reference.ValueKind == JsonValueKind.String)
            {
                Write(Resolve(reference.GetString()!), depth + 1);
            }
            else if (schema.TryGetProperty("const", out JsonElement constant))
            {
                Raw(constant.GetRawText());
            }
            else if (schema.TryGetProperty("enum", out JsonElement values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0)
            {
                Raw(values[(int)(_random.Next() % (ulong)values.GetArrayLength())].GetRawText());
            }
            else if (Union(schema) is { } members)
            {
                Write(members[depth > DeepEnough ? members.GetArrayLength() - 1 : 0], depth + 1);
            }
            else
            {
                WriteType(schema, TypeOf(schema, depth), depth);
            }
        }

        private static JsonElement? Union(JsonElement schema)
        {
            foreach (string keyword in (ReadOnlySpan<string>)["anyOf", "oneOf", "allOf"])
            {
                if (schema.TryGetProperty(keyword, out JsonElement members) && members.ValueKind == JsonValueKind.Array && members.GetArrayLength() > 0)
                {
                    return members;
                }
            }

            return null;
        }

        private static string TypeOf(JsonElement schema, int depth)
        {
            if (schema.TryGetProperty("type", out JsonElement type))
            {
                if (type.ValueKind == JsonValueKind.Array)
                {
                    string[] types = [.. type.EnumerateArray().Select(t => TextOf(t) ?? "null")];
                    return depth > DeepEnough && types.Contains("null") ? "null" : types.FirstOrDefault(t => t != "null", "null");
                }

                return TextOf(type) ?? "string";
            }

            return schema.TryGetProperty("properties", out _) ? "object" : schema.TryGetProperty("items", out _) ? "array" : "string";
        }

        private static string? TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        private static double? Number(JsonElement schema, string name) =>
            schema.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

        private static int? Size(JsonElement schema, string name) => Number(schema, name) is { } size ? (int)Math.Clamp(size, 0, LongEnough) : null;

        private void WriteType(JsonElement schema, string type, int depth)
        {
            switch (type)
            {
                case "object":
                    WriteObject(schema, depth);
                    break;
                case "array":
                    WriteArray(schema, depth);
                    break;
                case "integer":
                    Raw(Pick(schema, whole: true).ToString("0", CultureInfo.InvariantCulture));
                    break;
                case "number":
                    Raw(Pick(schema, whole: false).ToString("0.####", CultureInfo.InvariantCulture));
                    break;
                case "boolean":
                    Raw(_random.Next() % 2 == 0 ? "true" : "false");
                    break;
                case "null":
                    Raw("null");
                    break;
                default:
                    JsonText.Write(output, StringFor(schema));
                    break;
            }
        }

        private void WriteObject(JsonElement schema, int depth)
        {
            output.Write("{"u8);
            if (schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object)
            {
                string[]? required = depth > DeepEnough && schema.TryGetProperty("required", out JsonElement names) && names.ValueKind == JsonValueKind.Array
                    ? [.. names.EnumerateArray().Select(name => TextOf(name) ?? "")]
                    : null;
                bool first = true;
                foreach (JsonProperty property in properties.EnumerateObject())
                {
                    if (required is not null && !required.Contains(property.Name))
                    {
                        continue;
                    }

                    if (!first)
                    {
                        output.Write(","u8);
                    }

                    first = false;
                    JsonText.Write(output, property.Name);
                    output.Write(":"u8);
                    Write(property.Value, depth + 1);
                }
            }

            output.Write("}"u8);
        }

        private void WriteArray(JsonElement schema, int depth)
        {
            int least = Size(schema, "minItems") ?? 0;
            int most = Size(schema, "maxItems") ?? LongEnough;
            int count = depth > DeepEnough || !schema.TryGetProperty("items", out JsonElement items) ? least : Math.Min(most, Math.Max(least, 2));
            output.Write("["u8);
            for (int i = 0; i < count; i++)
            {
                if (i > 0)
                {
                    output.Write(","u8);
                }

                Write(schema.TryGetProperty("items", out items) ? items : default, depth + 1);
            }

            output.Write("]"u8);
        }

        private double Pick(JsonElement schema, bool whole)
        {
            double step = Number(schema, "multipleOf") ?? (whole ? 1 : 0.25);
            double? least = Number(schema, "minimum") ?? (Number(schema, "exclusiveMinimum") is { } above ? above + step : null);
            double? most = Number(schema, "maximum") ?? (Number(schema, "exclusiveMaximum") is { } below ? below - step : null);
            double low = least ?? Math.Min(0, most ?? 0);
            double high = most ?? low + 100;
            double first = Math.Ceiling(low / step);
            double last = Math.Floor(high / step);
            return (last < first ? low : (first + Math.Floor(_random.NextUnit() * (last - first + 1))) * step) + 0d;
        }

        private string StringFor(JsonElement schema)
        {
            string? format = schema.TryGetProperty("format", out JsonElement given) ? TextOf(given) : null;
            string? known = format switch
            {
                "date-time" => "2026-01-15T10:30:00Z",
                "date" => "2026-01-15",
                "time" => "10:30:00Z",
                "duration" => "PT15M",
                "email" => "river@example.com",
                "hostname" => "example.com",
                "ipv4" => "192.0.2.17",
                "ipv6" => "2001:db8::17",
                "uri" => "https://example.com/river",
                "uuid" => "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
                _ => null,
            };
            if (known is not null)
            {
                return known;
            }

            int least = Size(schema, "minLength") ?? 0;
            int most = Size(schema, "maxLength") ?? LongEnough;
            ulong words = _random.Next();
            string text = WordsFor(words, 3);
            if (text.Length < least)
            {
                text = WordsFor(words, least);
            }

            // Plain letters where every character counts: a schema's length is in code points, a string's in UTF-16 units.
            return text.Length > most ? new string('a', most) : text;
        }

        private readonly JsonElement Resolve(string reference)
        {
            JsonElement at = root;
            foreach (string step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                string name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                {
                    return default;
                }
            }

            return at;
        }

        private readonly void Raw(string json) => Encoding.UTF8.GetBytes(json, output);
    }
}
