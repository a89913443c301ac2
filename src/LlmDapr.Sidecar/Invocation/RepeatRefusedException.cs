namespace LlmDapr.Sidecar.Invocation;

/// <summary>A connection ended before the app's answer, and the request was not sent again.</summary>
internal sealed class RepeatRefusedException() : IOException("the app closed its connection without an answer");
