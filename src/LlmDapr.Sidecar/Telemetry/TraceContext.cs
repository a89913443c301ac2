using System.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace LlmDapr.Sidecar.Telemetry;

/// <summary>
/// The trace context of one call. The development sidecar exports no spans: what the caller gives passes, and a caller that gives nothing
/// gets daprd's "not sampled" context of zeros, or a new one when every call is to be traced.
/// </summary>
internal readonly record struct TraceContext(string Traceparent, bool Given, StringValues Tracestate, StringValues Baggage)
{
    /// <summary>What daprd sends when there is no trace.</summary>
    public const string Zeros = "00-00000000000000000000000000000000-0000000000000000-00";

    /// <summary>Reads the caller's context.</summary>
    public static TraceContext Of(IHeaderDictionary headers, Tracing tracing)
    {
        var given = headers.TraceParent;
        if (given.Count == 0 || !IsValid(given[0]))
        {
            var own = tracing == Tracing.Always ? $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-01" : Zeros;
            return new TraceContext(own, given.Count > 0, default, headers.Baggage);
        }

        // A given but unsampled context gets a span id of the sidecar's: daprd starts a span that is never exported.
        var parent = given[0]!;
        var sampled = (Convert.ToInt32(parent.Substring(53, 2), 16) & 1) == 1;
        return new TraceContext(
            (sampled && tracing != Tracing.Always) || tracing == Tracing.Off ? parent : string.Concat(parent.AsSpan(0, 36), ActivitySpanId.CreateRandom().ToHexString(), parent.AsSpan(52)),
            Given: true,
            headers.TraceState,
            headers.Baggage);
    }

    /// <summary>The context of a publish: there daprd gives an unsampled trace no span of its own.</summary>
    public TraceContext ForPublish(IHeaderDictionary headers, Tracing tracing) =>
        tracing == Tracing.Always || !Given || Traceparent == Zeros ? this : this with { Traceparent = headers.TraceParent[0]! };

    /// <summary>A member of the caller's baggage that is none (daprd refuses the whole request then), or null.</summary>
    public string? BadBaggage
    {
        get
        {
            foreach (var member in Baggage.Count == 0 ? [] : Baggage.ToString().Split(','))
            {
                var equals = member.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0 || member.AsSpan(0, equals).Trim().IndexOfAny(" ;\"") >= 0)
                {
                    return member;
                }
            }

            return null;
        }
    }

    /// <summary>Whether the caller's header is a usable traceparent, so that <see cref="Traceparent"/> replaces it.</summary>
    public bool Replaces => Traceparent != Zeros || !Given;

    private static bool IsValid(string? text)
    {
        if (text is not { Length: 55 } || !text.StartsWith("00-", StringComparison.Ordinal) || text[35] != '-' || text[52] != '-')
        {
            return false;
        }

        return IsHex(text.AsSpan(3, 32)) && IsHex(text.AsSpan(36, 16)) && IsHex(text.AsSpan(53, 2))
            && text.AsSpan(3, 32).ContainsAnyExcept('0') && text.AsSpan(36, 16).ContainsAnyExcept('0');
    }

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigitLower(c))
            {
                return false;
            }
        }

        return true;
    }
}
