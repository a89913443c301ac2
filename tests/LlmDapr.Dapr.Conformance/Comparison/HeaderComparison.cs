using System.Text.Json;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.Comparison;

/// <summary>
/// Compares header lists as HTTP means them: names without case, lines of different names in any order, and repeated lines as one list
/// (RFC 9110 5.3; Cookie with semicolons). Kestrel and HttpClient write known names in their own case and join repeated lines.
/// </summary>
public static class HeaderComparison
{
    /// <summary>Adds what differs.</summary>
    /// <param name="where">What is compared, for the messages.</param>
    /// <param name="recorded">The recorded lines.</param>
    /// <param name="actual">The lines at hand.</param>
    /// <param name="placeholders">What placeholders stand for.</param>
    /// <param name="differences">Where differences go.</param>
    /// <param name="lengthVaries">Whether the body has placeholders, so that its length may differ.</param>
    public static void Compare(string where, JsonElement recorded, HeaderList actual, Placeholders placeholders, List<string> differences, bool lengthVaries = false)
    {
        var wanted = Group(recorded.EnumerateArray().Select(header => KeyValuePair.Create(header[0].GetString()!, SentRequest.TextOf(header[1]))));
        var found = Group(actual);
        foreach (var (name, value) in wanted)
        {
            if (!found.Remove(name, out var other))
            {
                differences.Add($"{where}: header {name}: {Short(value)} is missing");
            }
            else if (!placeholders.Match(value, other) && !(lengthVaries && IsLength(name)))
            {
                differences.Add($"{where}: header {name} is {Short(other)}, recorded {Short(value)}");
            }
        }

        foreach (var (name, value) in found)
        {
            differences.Add($"{where}: header {name}: {Short(value)} was not recorded");
        }
    }

    // A body with ports or versions in it; that the length fits the body is the client's business.
    private static bool IsLength(string name) => name.Equals("content-length", StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, string> Group(IEnumerable<KeyValuePair<string, string>> headers)
    {
        var groups = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            var separator = name.Equals("cookie", StringComparison.OrdinalIgnoreCase) ? "; " : ", ";
            groups[name] = groups.TryGetValue(name, out var before) ? before + separator + value : value;
        }

        return groups;
    }

    private static string Short(string text) => text.Length > 120 ? $"{text[..80]}… ({text.Length})" : text;
}
