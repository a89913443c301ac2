using LlmDapr.Contracts.Errors;
using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Recovery;

namespace LlmDapr.Generation.Calls;

/// <summary>
/// Brings a call to its commit point. What stands around an attempt, outermost first: total clock (<see cref="CallClock"/>) → retry, fallback →
/// admission → breaker → the attempt's own clock (<see cref="AttemptRunner"/>).
/// </summary>
internal sealed class CallRunner(CatalogStore catalog, AttemptRunner attempts, StreamRecoverer recovery)
{
    /// <exception cref="OperationCanceledException">The caller left, or the call's clock ran out.</exception>
    public async Task<CallAnswer> RunAsync(GenerationCall call, CallClock clock)
    {
        var model = call.Request.Model;
        if (catalog.Current.Route(model) is not { } route)
        {
            return CallAnswer.Refusal(ApiError.ModelNotFound(model), model);
        }

        var (attempt, made) = await attempts.RunAsync(call, route, clock);
        var answer = CallAnswer.Of(attempt, model, made);
        return attempt is Attempt.Streaming started ? recovery.Watch(answer, started, call, route, clock) : answer;
    }
}
