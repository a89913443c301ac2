using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.PubSub.Delivery;

/// <summary>What an app's answer to a message means.</summary>
/// <param name="Kind">The meaning.</param>
/// <param name="Status">The HTTP status; 0 = there was none.</param>
/// <param name="Text">What went wrong, in daprd's words where it has some.</param>
internal readonly record struct DeliveryAnswer(AnswerKind Kind, int Status, string Text)
{
    /// <summary>Whether the message is done with, delivered or dropped.</summary>
    public bool IsDone => Kind is AnswerKind.Success or AnswerKind.Drop;

    /// <summary>Whether the inbound retries apply. <c>matching</c> is about statuses only: a RETRY and a broken connection are repeated whatever it says.</summary>
    public bool IsRepeatable(StatusCodeSet? matching) => Kind switch
    {
        AnswerKind.Retry or AnswerKind.Broken => true,
        AnswerKind.Status => matching is null || matching.Contains(Status),
        _ => false,
    };
}
