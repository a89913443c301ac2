using System.Collections;
using System.Globalization;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>A list of <c>matching</c>: codes and ranges, separated by commas without spaces (<c>429,500-599</c>). Immutable.</summary>
internal sealed class StatusCodeSet
{
    public static readonly CodeRange Http = new(100, 599);
    public static readonly CodeRange Grpc = new(0, 16);

    private readonly BitArray _codes;

    private StatusCodeSet(BitArray codes) => _codes = codes;

    public bool Contains(int code) => code >= 0 && code < _codes.Length && _codes[code];

    /// <summary>The set, or null for an empty list, which means "all". daprd drops the whole resource when a list is wrong.</summary>
    public static StatusCodeSet? Parse(string list, CodeRange valid)
    {
        if (list.Length == 0)
        {
            return null;
        }

        var codes = new BitArray(valid.Last + 1);
        foreach (var pattern in list.Split(','))
        {
            // A comma too many is accepted, as daprd does.
            if (pattern.Length > 0)
            {
                Add(codes, pattern, valid);
            }
        }

        return new StatusCodeSet(codes);
    }

    private static void Add(BitArray codes, string pattern, CodeRange valid)
    {
        var ends = pattern.Split('-');
        if (ends.Length > 2)
        {
            throw new InvalidResiliencyException($"invalid pattern {pattern}, more than one '-' exists");
        }

        var first = ParseCode(ends[0], "start", pattern, valid);
        var last = ends.Length == 1 ? first : ParseCode(ends[1], "end", pattern, valid);
        if (first > last)
        {
            throw new InvalidResiliencyException($"invalid pattern {pattern}, start value should not bigger than end value");
        }

        for (var code = first; code <= last; code++)
        {
            codes[code] = true;
        }
    }

    private static int ParseCode(string text, string end, string pattern, CodeRange valid)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code))
        {
            throw new InvalidResiliencyException(
                $"failed to parse {end} code {text} from pattern {pattern} to int, strconv.Atoi: parsing \"{text}\": invalid syntax");
        }

        return code >= valid.First && code <= valid.Last
            ? code
            : throw new InvalidResiliencyException($"invalid pattern {pattern}, {end} code {code} is not valid");
    }

    internal readonly record struct CodeRange(int First, int Last);
}
