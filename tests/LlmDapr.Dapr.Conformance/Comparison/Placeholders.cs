using System.Text;
using System.Text.RegularExpressions;

namespace LlmDapr.Dapr.Conformance.Comparison;

/// <summary>What the placeholders of the recordings stand for: known ports, values that are sent, and patterns for what varies.</summary>
public sealed partial class Placeholders
{
    /// <summary>The trace context that cases give.</summary>
    public const string GivenTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private const string Zeros = "00-00000000000000000000000000000000-0000000000000000-00";

    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal)
    {
        ["traceparent all zeros"] = Zeros,
        ["traceparent as given"] = GivenTrace,
    };

    /// <summary>Adds a known value, such as the port of an app.</summary>
    public Placeholders With(string name, string value)
    {
        _known[name] = value;
        return this;
    }

    /// <summary>Fills in a text that is sent.</summary>
    public string Fill(string text) => Placeholder().Replace(text, match => match.Groups[1].Value switch
    {
        "traceparent: given trace id, new span id, flags 00" => GivenTrace[..^2] + "00",
        var name when _known.TryGetValue(name, out var value) => value,
        _ => match.Value,
    });

    /// <summary>Whether a text has placeholders for what varies in length.</summary>
    public static bool IsIn(string text) => Placeholder().IsMatch(text);

    /// <summary>Whether an actual text is what was recorded.</summary>
    public bool Match(string recorded, string actual)
    {
        if (!recorded.Contains('<', StringComparison.Ordinal))
        {
            return recorded == actual;
        }

        var pattern = new StringBuilder("^");
        var from = 0;
        foreach (Match match in Placeholder().Matches(recorded))
        {
            pattern.Append(Regex.Escape(recorded[from..match.Index])).Append(Pattern(match));
            from = match.Index + match.Length;
        }

        pattern.Append(Regex.Escape(recorded[from..])).Append('$');
        return Regex.IsMatch(actual, pattern.ToString(), RegexOptions.Singleline);
    }

    [GeneratedRegex("<([a-zA-Z0-9 :,\\-]+)>")]
    private static partial Regex Placeholder();

    private string Pattern(Match match)
    {
        var name = match.Groups[1].Value;
        if (_known.TryGetValue(name, out var value))
        {
            return Regex.Escape(value);
        }

        return name switch
        {
            "ip" => "[0-9.]+",
            "host" => "[^\";,]+",
            "http-date" => "[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT",
            "traceparent" => "00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}",
            "uuid" => "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            "time" => "[0-9T:.Z+\\-]+",
            "version" => "[^\"]+",
            "connection error" => @"\\""[^\\]+\\""",
            "traceparent: given trace id, new span id, flags 00" => "00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-00",
            "traceparent: given trace id, new span id, flags 01" => "00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01",
            "traceparent: new, flags 01" => "00-(?!4bf92f35)[0-9a-f]{32}-[0-9a-f]{16}-01",
            "html" => Regex.Escape(match.Value),
            _ => "[0-9]+",
        };
    }
}
