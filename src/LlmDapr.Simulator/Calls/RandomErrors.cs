using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Calls;

/// <summary>Errors by percentage: the same sequence for the same seed.</summary>
internal static class RandomErrors
{
    /// <summary>Keeps this sequence apart from the one of the pauses.</summary>
    private const ulong Salt = 0x5EED_E44;

    /// <summary>What the n-th request of a model name gets, null for an answer.</summary>
    public static ProviderError? For(Behaviour behaviour, long ordinal)
    {
        if (behaviour.Err500 + behaviour.Err503 + behaviour.Err429 == 0)
        {
            return null;
        }

        double dice = new SplitMix(SplitMix.At((ulong)behaviour.Seed ^ Salt, (ulong)ordinal)).NextUnit() * 100;
        if (dice < behaviour.Err500)
        {
            return ProviderErrors.ServerError();
        }

        if (dice < behaviour.Err500 + behaviour.Err503)
        {
            return ProviderErrors.Overloaded();
        }

        return dice < behaviour.Err500 + behaviour.Err503 + behaviour.Err429
            ? ProviderErrors.RateLimit("Rate limit reached for requests. Please try again in 1s.", "requests", TimeSpan.FromSeconds(1))
            : null;
    }
}
