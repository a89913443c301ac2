namespace LlmDapr.Edge.Errors;

/// <summary>
/// Ends a begun answer without its last chunk, so that no client takes it for a whole one. Thrown out of the pipeline on purpose: Kestrel then sends what
/// has been written and closes, whereas <c>HttpContext.Abort</c> may drop an error event that is still on its way.
/// </summary>
internal sealed class IncompleteAnswerException : Exception
{
    public IncompleteAnswerException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
