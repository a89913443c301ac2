namespace LlmDapr.Sidecar.State;

/// <summary>What a read came to: a value, or why there is none.</summary>
internal readonly record struct StateResult<T>(T Value, StateError? Error);
