namespace LlmDapr.Sidecar.Invocation;

/// <summary>Why a call is refused before any app is asked.</summary>
/// <param name="Error">daprd's text.</param>
/// <param name="TooLarge">Whether the body is the reason, so that the connection ends with the answer.</param>
internal sealed record CallRefusal(string Error, bool TooLarge = false);
