namespace LlmDapr.Jobs.Store;

/// <summary>The state store or the broker is out of reach, or does not do what it is asked: 503, try again. Whether a change was made is not known.</summary>
public sealed class JobsUnavailableException : Exception
{
    /// <summary>Without a word.</summary>
    public JobsUnavailableException()
    {
    }

    /// <summary>With what failed.</summary>
    public JobsUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With what failed, and why.</summary>
    public JobsUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
