using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmDapr.Edge.Jobs;

/// <summary>Writes JSON that is there as bytes as it is: a number's spelling is the provider's.</summary>
internal sealed class RawJsonConverter : JsonConverter<ReadOnlyMemory<byte>?>
{
    public override ReadOnlyMemory<byte>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return System.Text.Encoding.UTF8.GetBytes(document.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte>? value, JsonSerializerOptions options)
    {
        if (value is { } json)
        {
            writer.WriteRawValue(json.Span);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
