namespace LlmDapr.Simulator.Control;

/// <summary>A request as it arrived.</summary>
/// <param name="Model">The model's name, empty when it could not be read.</param>
/// <param name="Path">The URL's path.</param>
/// <param name="AtMs">Arrival, unix ms.</param>
/// <param name="Headers">Name and value of each header, in no particular order.</param>
/// <param name="Body">The body's bytes (base64 in JSON).</param>
public sealed record RecordedRequest(string Model, string Path, long AtMs, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body);
