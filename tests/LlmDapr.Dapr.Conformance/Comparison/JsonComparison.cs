using System.Text.Json;
using LlmDapr.Dapr.Conformance.Grpc;

namespace LlmDapr.Dapr.Conformance.Comparison;

/// <summary>Compares JSON values, in which the recording may have placeholders and cut texts. The order of members does not count.</summary>
internal static class JsonComparison
{
    /// <summary>Adds what differs.</summary>
    /// <param name="where">What is compared, for the messages.</param>
    /// <param name="recorded">The recorded value.</param>
    /// <param name="actual">The value at hand.</param>
    /// <param name="placeholders">What placeholders stand for.</param>
    /// <param name="differences">Where differences go.</param>
    public static void Compare(string where, JsonElement recorded, JsonElement actual, Placeholders placeholders, List<string> differences)
    {
        if (recorded.ValueKind == JsonValueKind.Object && recorded.TryGetProperty("head", out var head) && actual.ValueKind == JsonValueKind.String)
        {
            if (GrpcRequest.Expand(head.GetString()!, recorded.GetProperty("tail").GetString()!, recorded.GetProperty("chars").GetInt32()) != actual.GetString())
            {
                differences.Add($"{where}: the long text differs");
            }

            return;
        }

        switch (recorded.ValueKind, actual.ValueKind)
        {
            case (JsonValueKind.Object, JsonValueKind.Object):
                CompareMembers(where, recorded, actual, placeholders, differences);
                break;
            case (JsonValueKind.Array, JsonValueKind.Array) when recorded.GetArrayLength() == actual.GetArrayLength():
                for (var i = 0; i < recorded.GetArrayLength(); i++)
                {
                    Compare($"{where}[{i}]", recorded[i], actual[i], placeholders, differences);
                }

                break;
            case (JsonValueKind.String, JsonValueKind.String) when placeholders.Match(recorded.GetString()!, actual.GetString()!):
            case (JsonValueKind.String, JsonValueKind.Number) when placeholders.Match(recorded.GetString()!, actual.GetRawText()):
                break;
            default:
                if (!JsonElement.DeepEquals(recorded, actual))
                {
                    differences.Add($"{where} is {Short(actual)}, recorded {Short(recorded)}");
                }

                break;
        }
    }

    private static void CompareMembers(string where, JsonElement recorded, JsonElement actual, Placeholders placeholders, List<string> differences)
    {
        foreach (var member in recorded.EnumerateObject())
        {
            if (actual.TryGetProperty(member.Name, out var other))
            {
                Compare($"{where}.{member.Name}", member.Value, other, placeholders, differences);
            }
            else
            {
                differences.Add($"{where}.{member.Name}: {Short(member.Value)} is missing");
            }
        }

        foreach (var member in actual.EnumerateObject().Where(member => !recorded.TryGetProperty(member.Name, out _)))
        {
            differences.Add($"{where}.{member.Name}: {Short(member.Value)} was not recorded");
        }
    }

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 300 } text ? $"{text[..250]}… ({text.Length})" : value.GetRawText();
}
