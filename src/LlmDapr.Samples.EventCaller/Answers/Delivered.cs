namespace LlmDapr.Samples.EventCaller.Answers;

/// <summary>What a subscriber answers to a delivery.</summary>
/// <param name="Status"><c>SUCCESS</c>: it is done with. <c>DROP</c>: it never will be. (<c>RETRY</c>, or any error: again, by the inbound retry policy.)</param>
internal sealed record Delivered(string Status)
{
    /// <summary>The event has been worked on.</summary>
    public static readonly Delivered Success = new("SUCCESS");

    /// <summary>The event is of no use.</summary>
    public static readonly Delivered Drop = new("DROP");
}
