using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Control;
using LlmDapr.Simulator.Errors;
using LlmDapr.Simulator.Limits;
using Microsoft.Extensions.Options;

namespace LlmDapr.Simulator.Calls;

/// <summary>Decides whether a request that is right in itself gets an answer.</summary>
internal sealed class Admission(RateLimits limits, ConcurrencyCaps caps, IOptions<SimulatorOptions> options)
{
    /// <summary>Refuses, or returns what must be disposed at the request's end.</summary>
    public IDisposable Admit(CallRecord record, Behaviour behaviour, PreparedAnswer answer, IHeaderDictionary headers)
    {
        var permit = new Permit(caps, record.Model);
        if (behaviour.Concurrency is { } cap && !permit.TryTake(cap))
        {
            throw new RefusedException(behaviour.Over == StatusCodes.Status503ServiceUnavailable
                ? ProviderErrors.Overloaded()
                : ProviderErrors.TooManyAtOnce(record.Model, options.Value.Organization, cap));
        }

        if (limits.Take(record.Model, behaviour, answer.ReservedTokens, headers) is { } limited)
        {
            permit.Dispose();
            throw new RefusedException(limited);
        }

        if (RandomErrors.For(behaviour, record.Ordinal) is { } error)
        {
            permit.Dispose();
            record.CountFault();
            throw new RefusedException(error);
        }

        return permit;
    }

    private sealed class Permit(ConcurrencyCaps caps, string model) : IDisposable
    {
        private bool _taken;

        public bool TryTake(int cap) => _taken = caps.TryEnter(model, cap);

        public void Dispose()
        {
            if (_taken)
            {
                _taken = false;
                caps.Leave(model);
            }
        }
    }
}
