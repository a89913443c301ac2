using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Attempts;

/// <summary>
/// Repetitions at the same target, as a share of all requests: when everything fails, repeating everything would double the load on what is failing.
/// Going to another target needs no leave. Thread-safe.
/// </summary>
internal sealed class RetryBudget(IOptions<AttemptOptions> options)
{
    // Ten times a tenth is a little less than one.
    private const double Rounding = 1e-9;

    private readonly Lock _lock = new();
    private double _left = options.Value.RetryReserve;

    /// <summary>A request was taken, which earns a part of a repetition.</summary>
    public void Earn()
    {
        lock (_lock)
        {
            // Without a reserve, too, one repetition can be saved up.
            _left = Math.Min(_left + options.Value.RetryRatio, Math.Max(options.Value.RetryReserve, 1));
        }
    }

    /// <summary>Takes one repetition; false when there is none left.</summary>
    public bool TrySpend()
    {
        lock (_lock)
        {
            if (_left < 1 - Rounding)
            {
                return false;
            }

            _left--;
            return true;
        }
    }
}
