using LlmDapr.Contracts.Requests;

namespace LlmDapr.Generation.Scheduling;

/// <summary>Estimates what a request will cost. Thread-safe.</summary>
internal sealed class TokenEstimator
{
    private readonly int _bytesPerToken = 4;

    public TokenEstimate Estimate(RequestKind kind, RequestEnvelope request) => new(request.Body.Length / _bytesPerToken, 0);
}
