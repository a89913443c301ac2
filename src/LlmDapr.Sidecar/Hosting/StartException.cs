namespace LlmDapr.Sidecar.Hosting;

/// <summary>The machine does not allow what was asked for (a busy port, a missing folder, a bad file); the message says what to change. The process ends with code 1.</summary>
public sealed class StartException : Exception
{
    /// <inheritdoc cref="StartException"/>
    public StartException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="StartException"/>
    public StartException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
