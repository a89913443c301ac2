namespace LlmDapr.Edge.Errors;

/// <summary>Nobody reads the answer any more. Kestrel says so to a write a moment before it cancels the request's token, so it needs a sign of its own.</summary>
internal sealed class CallerLeftException() : OperationCanceledException("The caller left.");
