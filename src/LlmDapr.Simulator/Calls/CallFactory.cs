using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Control;

namespace LlmDapr.Simulator.Calls;

/// <summary>Starts the answer of an admitted request: its clock, its fault, its place at the gate.</summary>
internal sealed class CallFactory(Gates gates, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public ProviderCall Create(HttpContext context, string model, Behaviour behaviour, CallRecord record)
    {
        Fault fault = behaviour.FaultFor(record.Ordinal, record.SinceFirst);
        if (fault is not (Fault.None or Fault.Gate))
        {
            record.CountFault();
        }

        return new ProviderCall(
            context,
            model,
            behaviour,
            fault,
            record,
            new Pace(time, behaviour, record.Ordinal),
            fault == Fault.Gate ? gates.Enter(model, record.ReleasesAtArrival) : null,
            time.GetUtcNow().ToUnixTimeSeconds(),
            lifetime.ApplicationStopping);
    }
}
