namespace LlmDapr.Sidecar.Resiliency;

/// <summary>A Resiliency resource that daprd would drop whole. The message names the field; it is daprd's own where a recording has it.</summary>
internal sealed class InvalidResiliencyException(string message) : Exception(message);
