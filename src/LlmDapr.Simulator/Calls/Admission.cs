using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Control;
using LlmDapr.Simulator.Errors;
using LlmDapr.Simulator.Limits;
using Microsoft.Extensions.Options;

namespace LlmDapr.Simulator.Calls;

/// <summary>Decides whether a request that is right in itself gets an answer.</summary>
internal sealed class Admission(RateLimits limits, ConcurrencyCaps caps, IOptions<SimulatorOptions> options)
{
    /// <summary>Refuses, or gives the record its place among the requests at once.</summary>
    public void Admit(CallRecord record, Behaviour behaviour, PreparedAnswer answer, IHeaderDictionary headers)
    {
        if (behaviour.Concurrency is { } cap)
        {
            record.Hold(caps.TryEnter(record.Model, cap) ?? throw new RefusedException(behaviour.Over == StatusCodes.Status503ServiceUnavailable
                ? ProviderErrors.Overloaded()
                : ProviderErrors.TooManyAtOnce(record.Model, options.Value.Organization, cap)));
        }

        if (limits.Take(record.Model, behaviour, answer.ReservedTokens, headers) is { } limited)
        {
            throw new RefusedException(limited);
        }

        if (RandomErrors.For(behaviour, record.Ordinal) is { } error)
        {
            record.CountFault();
            throw new RefusedException(error);
        }
    }
}
