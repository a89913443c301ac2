namespace LlmDapr.Sidecar.Telemetry;

/// <summary><c>spec.tracing.samplingRate</c> of the Dapr Configuration, as far as callers can tell.</summary>
internal enum Tracing
{
    /// <summary>Nothing configured, or a rate between 0 and 1: as good as never sampled.</summary>
    Seldom,

    /// <summary>Rate 0: answers carry no trace headers.</summary>
    Off,

    /// <summary>Rate 1: a call without a trace gets one.</summary>
    Always,
}
