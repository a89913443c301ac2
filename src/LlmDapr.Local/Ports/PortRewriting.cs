using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmDapr.Local.Ports;

/// <summary>Follows ports that have moved into the texts that name them.</summary>
internal static partial class PortRewriting
{
    /// <summary>
    /// The text with each <c>localhost:PORT</c> and <c>127.0.0.1:PORT</c> pointing at the port's new place. Other hosts' ports are not ours, nor is a number without a host.
    /// </summary>
    public static string Rewrite(string text, IReadOnlyDictionary<int, int> moved) =>
        LocalAddress().Replace(text, match =>
            int.TryParse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture, out var port) && moved.TryGetValue(port, out var to)
                ? $"{match.Groups["host"].Value}:{to}"
                : match.Value);

    [GeneratedRegex(@"(?<![\w.-])(?<host>localhost|127\.0\.0\.1|\[::1\]):(?<port>\d{1,5})(?!\d)", RegexOptions.IgnoreCase)]
    private static partial Regex LocalAddress();
}
