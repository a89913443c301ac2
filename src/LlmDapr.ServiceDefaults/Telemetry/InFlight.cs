using System.Diagnostics.Metrics;

namespace LlmDapr.ServiceDefaults.Telemetry;

/// <summary>
/// Requests that a service has taken and not yet let go, as the metric <c>llmdapr_in_flight</c>. It returns to 0, always. Thread-safe.
/// </summary>
public sealed class InFlight
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "LlmDapr.InFlight";

    private int _count;

    /// <summary>Creates the gauge.</summary>
    public InFlight(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        meters.Create(MeterName).CreateObservableUpDownCounter("llmdapr.in_flight", () => Volatile.Read(ref _count), "{request}", "Requests taken and not yet let go.");
    }

    /// <summary>Requests in flight now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts one request until the result is disposed, once.</summary>
    public Lease Enter()
    {
        Interlocked.Increment(ref _count);
        return new Lease(this);
    }

    /// <summary>One counted request.</summary>
    public sealed class Lease(InFlight owner) : IDisposable
    {
        private InFlight? _owner = owner;

        /// <summary>Lets the request go. Only the first call counts.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _owner, null) is { } counted)
            {
                Interlocked.Decrement(ref counted._count);
            }
        }
    }
}
