using LlmDapr.Generation.Scheduling;
using LlmDapr.Generation.Streaming;
using LlmDapr.Generation.Telemetry;

namespace LlmDapr.Generation.Attempts;

/// <summary>What an attempt holds while it lasts: its place at the provider and its span. Both end with the disposal, once.</summary>
internal sealed class HeldAttempt(Slot slot, AttemptTelemetry.Observed observed) : IDisposable
{
    /// <summary>A stream's first words are there.</summary>
    public void FirstWords()
    {
        slot.FirstToken();
        observed.FirstChunk();
    }

    /// <summary>What became of it; without this it counts as cancelled.</summary>
    public void Finish(AttemptOutcome outcome, Usage? usage)
    {
        slot.Finish(outcome, usage?.Total);
        observed.End(outcome, usage);
    }

    public void Dispose()
    {
        observed.End(AttemptOutcome.Cancelled, null);
        slot.Dispose();
    }
}
