using System.Globalization;
using LlmDapr.Contracts.Errors;

namespace LlmDapr.Edge.Callers;

/// <summary>Who asks, under which id, and until when the answer is of use.</summary>
/// <param name="Tenant">On whose behalf: <c>key:&lt;hash&gt;</c>, <c>dapr:&lt;app-id&gt;</c> or <c>anonymous</c>.</param>
/// <param name="RequestId">The caller's own id where it is sane, else one of ours.</param>
/// <param name="TimeLeft">The deadline, counted from the request's arrival; on the hop, from the sending.</param>
internal sealed record Caller(string Tenant, string RequestId, TimeSpan TimeLeft)
{
    /// <summary>What a caller is told whose time has run out.</summary>
    public ApiError TooLate() => ApiError.Timeout(string.Create(CultureInfo.InvariantCulture, $"There was no answer within {TimeLeft.TotalSeconds:0.###} s."));
}
