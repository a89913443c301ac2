namespace LlmDapr.System.Tests;

/// <summary>
/// A row of the fault matrix: a primary that plays a fault and a healthy fallback, 60 words at 15 ms each. Streamed and plain calls have models of their own,
/// so that counts, breakers and <c>times=</c> are their own, too.
/// </summary>
/// <param name="Name">Part of every name.</param>
/// <param name="Fault">The primary's options.</param>
internal sealed record FaultRow(string Name, string Fault)
{
    private const string Pace = "words=60&tps=66.67";

    /// <summary>Options of the fallback beside its pace, each with its <c>&amp;</c> before it.</summary>
    public string Fallback { get; init; } = string.Empty;

    /// <summary>How a broken stream is finished.</summary>
    public string Recovery { get; init; } = "off";

    /// <summary>The row whose model is the larger one.</summary>
    public string? Larger { get; init; }

    /// <summary>Whether a test of its own calls it, and the matrix's start does not.</summary>
    public bool HasOwnCalls { get; init; }

    /// <summary>Whether its fault is one of streams alone: a plain call would wait for the total clock, or meet nothing.</summary>
    public bool StreamsOnly { get; init; }

    /// <summary>The name that callers use.</summary>
    public string Model(bool stream) => $"fault-{Form(Name, stream)}";

    /// <summary>The simulator's model that plays the fault.</summary>
    public string Primary(bool stream) => $"sim-{Form(Name, stream)}?{Pace}&{Fault}";

    /// <summary>The simulator's model that is well.</summary>
    public string Healthy(bool stream) => $"sim-{Form(Name, stream)}-fallback?{Pace}{Fallback}";

    /// <summary>Generation's settings for both models.</summary>
    /// <param name="rows">All rows of a system.</param>
    public static IReadOnlyList<string> Settings(IEnumerable<FaultRow> rows) =>
        [.. rows.SelectMany(row => new[] { (row, stream: false), (row, stream: true) })

            // 0 is the run file's own `sim*`.
            .SelectMany((form, index) => form.row.Settings($"generation:Models__{index + 1}__", form.stream))];

    private static string Form(string name, bool stream) => $"{name}-{(stream ? "streamed" : "plain")}";

    private IEnumerable<string> Settings(string prefix, bool stream)
    {
        yield return $"{prefix}Id={Model(stream)}";
        yield return $"{prefix}Targets__0__Provider=simulator";
        yield return $"{prefix}Targets__0__Model={Primary(stream)}";
        yield return $"{prefix}Targets__1__Provider=simulator";
        yield return $"{prefix}Targets__1__Model={Healthy(stream)}";
        yield return $"{prefix}Recovery={Recovery}";
        if (Larger is not null)
        {
            yield return $"{prefix}LargerModel=fault-{Form(Larger, stream)}";
        }
    }
}
