namespace LlmDapr.Sidecar.Resiliency;

/// <summary>The values are those of daprd's gauge <c>dapr_resiliency_cb_state</c>.</summary>
internal enum BreakerState
{
    Closed = 0,
    HalfOpen = 1,
    Open = 2,
}

internal static class BreakerStateNames
{
    /// <summary>daprd's word for the state, in its log and in its metrics.</summary>
    public static string Name(this BreakerState state) => state switch
    {
        BreakerState.Closed => "closed",
        BreakerState.HalfOpen => "half-open",
        BreakerState.Open => "open",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
