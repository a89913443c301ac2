namespace LlmDapr.Sidecar.Resiliency;

/// <summary>One entry of <c>targets.components</c>.</summary>
/// <param name="Inbound">What holds for messages that the component brings to the app.</param>
/// <param name="Outbound">What holds for calls of the component.</param>
internal sealed record ComponentTarget(TargetPolicy Inbound, TargetPolicy Outbound);
