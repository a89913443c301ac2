using System.Globalization;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Errors;
using Microsoft.Extensions.Options;

namespace LlmDapr.Simulator.Limits;

/// <summary>Requests and tokens per minute and requests at once, by model name (with its options). Thread-safe.</summary>
internal sealed class RateLimits(TimeProvider time, IOptions<SimulatorOptions> options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ModelLimits> _models = new(StringComparer.Ordinal);
    private readonly long _start = time.GetTimestamp();

    /// <summary>
    /// Takes a request's share, and writes the headers of the limits that are set. A refused request takes nothing.
    /// Tokens are taken for the whole request at its start, as OpenAI does.
    /// </summary>
    public ProviderError? Take(string model, Behaviour behaviour, int tokens, IHeaderDictionary headers)
    {
        if (behaviour.Rpm is null && behaviour.Tpm is null)
        {
            return null;
        }

        lock (_lock)
        {
            TimeSpan now = time.GetElapsedTime(_start);
            if (!_models.TryGetValue(model, out ModelLimits? limits))
            {
                limits = new ModelLimits(
                    behaviour.Rpm is { } rpm ? new Allowance(rpm, now) : null,
                    behaviour.Tpm is { } tpm ? new Allowance(tpm, now) : null);
                _models[model] = limits;
            }

            limits.Requests?.Refill(now);
            limits.Tokens?.Refill(now);
            ProviderError? error = Refusal(model, limits, tokens);
            if (error is null)
            {
                limits.Requests?.Take(1);
                limits.Tokens?.Take(tokens);
            }

            WriteHeaders(headers, "requests", limits.Requests);
            WriteHeaders(headers, "tokens", limits.Tokens);
            return error;
        }
    }

    /// <summary>All allowances are full again.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _models.Clear();
        }
    }

    private static void WriteHeaders(IHeaderDictionary headers, string what, Allowance? allowance)
    {
        if (allowance is not null)
        {
            headers[$"x-ratelimit-limit-{what}"] = allowance.Limit.ToString(CultureInfo.InvariantCulture);
            headers[$"x-ratelimit-remaining-{what}"] = allowance.Remaining.ToString(CultureInfo.InvariantCulture);
            headers[$"x-ratelimit-reset-{what}"] = GoDuration.Format(allowance.UntilFull);
        }
    }

    private ProviderError? Refusal(string model, ModelLimits limits, int tokens)
    {
        string organization = options.Value.Organization;
        if (limits.Tokens is { } perMinute && tokens > perMinute.Limit)
        {
            // No waiting helps, so there is no retry-after.
            return ProviderErrors.RateLimit(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Request too large for {model} in organization {organization} on tokens per min (TPM): Limit {perMinute.Limit}, Requested {tokens}. The input or output tokens must be reduced in order to run successfully."),
                "tokens",
                retryAfter: null);
        }

        if (limits.Requests is { } requests && !requests.Has(1))
        {
            return Reached(model, organization, "requests per min (RPM)", "requests", requests, 1);
        }

        return limits.Tokens is { } available && !available.Has(tokens)
            ? Reached(model, organization, "tokens per min (TPM)", "tokens", available, tokens)
            : null;
    }

    private static ProviderError Reached(string model, string organization, string limitName, string type, Allowance allowance, int requested)
    {
        TimeSpan wait = allowance.UntilFree(requested);
        return ProviderErrors.RateLimit(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Rate limit reached for {model} in organization {organization} on {limitName}: Limit {allowance.Limit}, Used {allowance.Used}, Requested {requested}. Please try again in {GoDuration.Format(wait)}. Visit https://platform.openai.com/account/rate-limits to learn more."),
            type,
            wait);
    }

    private sealed record ModelLimits(Allowance? Requests, Allowance? Tokens);
}
