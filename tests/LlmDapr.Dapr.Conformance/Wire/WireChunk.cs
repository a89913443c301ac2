namespace LlmDapr.Dapr.Conformance.Wire;

/// <summary>A piece of a body.</summary>
/// <param name="Ms">Milliseconds since the request was begun.</param>
/// <param name="Bytes">The bytes.</param>
public readonly record struct WireChunk(double Ms, byte[] Bytes);
