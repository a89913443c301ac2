namespace LlmDapr.Sidecar.Hosting;

/// <summary>The operator asked for something that cannot be done; the message says what to change. The process ends with code 2.</summary>
public sealed class UsageException(string message) : Exception(message);
