namespace LlmDapr.Simulator.Errors;

/// <summary>Leaves the reading of a request at its first mistake. Never crosses <c>ProviderCallRunner</c>.</summary>
internal sealed class RefusedException(ProviderError error) : Exception(error.Message)
{
    public ProviderError Error { get; } = error;
}
