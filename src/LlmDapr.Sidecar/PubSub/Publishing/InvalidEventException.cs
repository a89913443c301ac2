namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>A body that should be a CloudEvent is none, in the words of Go's JSON decoder.</summary>
internal sealed class InvalidEventException(string message) : Exception(message);
