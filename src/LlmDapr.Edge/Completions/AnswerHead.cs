using LlmDapr.Contracts;
using LlmDapr.Contracts.Hop;

namespace LlmDapr.Edge.Completions;

internal static class AnswerHead
{
    /// <summary>Writes what a caller sees before the body.</summary>
    public static void WriteHead(this HttpResponse response, HopHead head)
    {
        response.StatusCode = head.Status;
        foreach (var header in head.Headers)
        {
            response.Headers.Append(header[0], header[1]);
        }

        response.WriteTarget(head.Target);
    }

    /// <summary>Says who answered, where somebody did.</summary>
    public static void WriteTarget(this HttpResponse response, string? target)
    {
        if (target is not null)
        {
            response.Headers[HeaderNames.Target] = Sendable(target);
        }
    }

    // A model's name may be anything that JSON can say; a header may not.
    private static string Sendable(string target) => target.AsSpan().ContainsAnyExceptInRange('!', '~') ? Uri.EscapeDataString(target) : target;
}
