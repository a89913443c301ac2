namespace LlmDapr.Sidecar.Resiliency;

/// <summary>One entry of <c>targets.components</c>.</summary>
/// <param name="Outbound">What holds for calls of the component: state operations, publishing. Null = none.</param>
/// <param name="Inbound">What holds for deliveries to the app. Null = none.</param>
internal sealed record ComponentTarget(TargetPolicy? Outbound, TargetPolicy? Inbound);
