using System.Text.Json;

namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>A message while its way is looked for. Its envelope is parsed when the first condition asks for it.</summary>
internal sealed class RoutedEvent(ReadOnlyMemory<byte> envelope)
{
    private Dictionary<string, object?>? _attributes;

    /// <summary>The envelope as CEL sees it: all numbers are doubles, as Go reads them.</summary>
    /// <exception cref="RoutingException">The message is no JSON object.</exception>
    public Dictionary<string, object?> Attributes => _attributes ??= Parse(envelope);

    private static Dictionary<string, object?> Parse(ReadOnlyMemory<byte> envelope)
    {
        try
        {
            using var document = JsonDocument.Parse(envelope, new JsonDocumentOptions { MaxDepth = 1100 });
            return ValueOf(document.RootElement) as Dictionary<string, object?> ?? throw new RoutingException("the message is no JSON object");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The second is text that is not Unicode.
            throw new RoutingException($"the message is no JSON: {broken.Message}");
        }
    }

    private static object? ValueOf(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var field in value.EnumerateObject())
                {
                    map[field.Name] = ValueOf(field.Value);
                }

                return map;
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(ValueOf).ToList();
            case JsonValueKind.String:
                return value.GetString();
            case JsonValueKind.Number:
                return value.GetDouble();
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }
}
