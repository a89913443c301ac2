namespace LlmDapr.Simulator.Behaviours;

/// <summary>How a model behaves. Each property is one option of <see cref="BehaviourGrammar"/>, which holds names and ranges.</summary>
internal sealed record Behaviour
{
    /// <summary>No pauses, no limits, no faults, 60 words.</summary>
    public static readonly Behaviour Default = new();

    /// <summary>Time before the first token.</summary>
    public TimeSpan Ttft { get; init; }

    /// <summary>Words a second after the first. 0: no pauses.</summary>
    public double Tps { get; init; }

    /// <summary>Length of an answer in words.</summary>
    public int Words { get; init; } = 60;

    /// <summary>Standard deviation of the logarithm of each pause: 0.3 is mild, 1 has a long tail. The median stays.</summary>
    public double Jitter { get; init; }

    /// <summary>Start of the random sequences (jitter and percentages).</summary>
    public int Seed { get; init; }

    /// <summary>Requests per minute, null for no limit.</summary>
    public int? Rpm { get; init; }

    /// <summary>Tokens per minute, null for no limit.</summary>
    public int? Tpm { get; init; }

    /// <summary>Requests at once, null for no limit.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Status of a request beyond <see cref="Concurrency"/>.</summary>
    public int Over { get; init; } = 429;

    /// <summary>Percentage of requests answered 500.</summary>
    public double Err500 { get; init; }

    /// <summary>Percentage of requests answered 503.</summary>
    public double Err503 { get; init; }

    /// <summary>Percentage of requests answered 429, whatever the limits say.</summary>
    public double Err429 { get; init; }

    /// <summary>What goes wrong.</summary>
    public Fault Fault { get; init; }

    /// <summary>Tokens (words) before the fault.</summary>
    public int After { get; init; } = 5;

    /// <summary>The fault hits the first so many requests of this name only. Null: all.</summary>
    public int? Times { get; init; }

    /// <summary>Answers carry fields that no SDK knows, in bytes that no serializer would write.</summary>
    public bool EchoRaw { get; init; }

    /// <summary>A stream's headers are sent at once, not with the first token.</summary>
    public bool EarlyHead { get; init; }

    /// <summary>Length of an embedding when the request names none.</summary>
    public int Dims { get; init; } = 1536;

    /// <summary>The fault for a model's n-th request (from 1).</summary>
    public Fault FaultFor(long ordinal) => Times is { } times && ordinal > times ? Fault.None : Fault;
}
