namespace LlmDapr.Local.Demo;

/// <summary>What became of a request.</summary>
/// <param name="Request">The request.</param>
/// <param name="FirstToken">From sending to the first piece of text, streams only.</param>
/// <param name="Total">From sending to the end.</param>
/// <param name="Problem">Why the answer is not complete and right, or null.</param>
internal sealed record DemoAnswer(DemoRequest Request, TimeSpan? FirstToken, TimeSpan Total, string? Problem)
{
    private const string Hit = "hit";
    private const string Coalesced = "coalesced";

    /// <summary>Who answered, as the answer's headers say, or null.</summary>
    public string? Target { get; init; }

    /// <summary>Whether the stream broke on its way and was finished by another target.</summary>
    public bool Recovered { get; init; }

    /// <summary>What the prompt cache did, as the answer's headers say, or null.</summary>
    public string? Cache { get; init; }

    /// <summary>What the answer says that it cost, or null.</summary>
    public DemoUsage? Usage { get; init; }

    /// <summary>Whether it is a kept answer.</summary>
    public bool IsHit => Cache == Hit;

    /// <summary>Whether it is that of a call that was under way for somebody else.</summary>
    public bool IsCoalesced => Cache == Coalesced;

    /// <summary>Whether a call was made for it.</summary>
    public bool IsPaid => !IsHit && !IsCoalesced;
}
