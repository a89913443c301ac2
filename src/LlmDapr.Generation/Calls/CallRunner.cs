using LlmDapr.Contracts.Errors;
using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Catalog;

namespace LlmDapr.Generation.Calls;

/// <summary>
/// Brings a call to its commit point. The order of what stands around an attempt, outermost first: total clock (the caller of this method) → retry,
/// fallback, hedging → admission → breaker → the attempt's own clocks. All but the first and the attempt itself have their place in this class.
/// </summary>
internal sealed class CallRunner(CatalogStore catalog, ProviderAttempt attempt)
{
    /// <exception cref="OperationCanceledException">The caller left, or the call's clock ran out.</exception>
    public async Task<CallAnswer> RunAsync(GenerationCall call, CancellationToken cancellationToken)
    {
        var model = call.Request.Model;
        var targets = catalog.Current.Resolve(model);
        if (targets.Count == 0)
        {
            return CallAnswer.Refusal(ApiError.ModelNotFound(model), model);
        }

        return CallAnswer.Of(await attempt.RunAsync(targets[0], call.Kind, call.Request, cancellationToken), model, attempts: 1);
    }
}
