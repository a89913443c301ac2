using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LlmDapr.Sidecar.Expressions;

/// <summary>Faults of CEL expressions in the words of daprd's CEL library.</summary>
internal static partial class CelFault
{
    /// <summary>The parser's message in the layout that daprd's CEL library gives it: columns from 1, the source line and a caret under it.</summary>
    public static string OfSyntax(string text, string message)
    {
        var explanation = new StringBuilder();
        foreach (Match match in ParserError().Matches(message))
        {
            var column = int.Parse(match.Groups["column"].ValueSpan, CultureInfo.InvariantCulture) + 1;
            explanation.Append(explanation.Length == 0 ? string.Empty : "\n")
                .Append(CultureInfo.InvariantCulture, $"ERROR: <input>:{match.Groups["line"].ValueSpan}:{column}: Syntax error: {match.Groups["text"].ValueSpan.Trim()}")
                .Append(CultureInfo.InvariantCulture, $"\n | {text}\n | {new string('.', column - 1)}^");
        }

        return explanation.Length == 0 ? message : explanation.ToString();
    }

    [GeneratedRegex("^Line (?<line>[0-9]+):(?<column>[0-9]+) (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex ParserError();
}
