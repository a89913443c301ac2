namespace LlmDapr.Sidecar.Resiliency;

/// <summary>One entry of <c>policies.retries</c>. Immutable.</summary>
internal sealed record RetryPolicy
{
    /// <summary>daprd's name for the retries that it makes when an app has no target entry; a policy of this name replaces it.</summary>
    public const string BuiltInName = "DaprBuiltInServiceRetries";

    /// <summary>An override of the built-in retries with fewer than these is raised to them.</summary>
    public const int BuiltInMinimum = 3;

    public static readonly RetryPolicy BuiltIn = new() { Name = BuiltInName, Duration = TimeSpan.FromSeconds(1), MaxRetries = BuiltInMinimum };

    public required string Name { get; init; }

    /// <summary>Default: constant.</summary>
    public bool Exponential { get; init; }

    /// <summary>Delay of the constant form; the exponential form ignores it. Default 5 s.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest delay of the exponential form, before jitter. Default 60 s.</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Retries after the first attempt; negative (the default) = no limit, 0 = none.</summary>
    public int MaxRetries { get; init; } = -1;

    /// <summary><c>matching.httpStatusCodes</c>: the answers to repeat. Null = every answer that is not 2xx or 3xx.</summary>
    public StatusCodeSet? HttpStatusCodes { get; init; }

    /// <summary><c>matching.gRPCStatusCodes</c>: checked when read and otherwise without effect on HTTP invocation, where daprd repeats every transport error whatever this list says (recorded).</summary>
    public StatusCodeSet? GrpcStatusCodes { get; init; }

    public bool IsRepeatable(in AttemptResult result)
    {
        if (result.Committed || result.IsSuccess)
        {
            return false;
        }

        return result.End switch
        {
            AttemptEnd.Answered => HttpStatusCodes is null || HttpStatusCodes.Contains(result.Status),
            AttemptEnd.Failed => true,
            _ => false,
        };
    }
}
