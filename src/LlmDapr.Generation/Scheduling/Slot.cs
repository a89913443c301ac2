using LlmDapr.Generation.Catalog;

namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// A held place at a target: slot, request budget and token budget, taken in one step. Whoever got it disposes it, whatever happens; a second disposal
/// does nothing, nor does anything said after the first. Thread-safe.
/// </summary>
internal sealed class Slot(Target target, TimeSpan waited) : IDisposable
{
    private int _said;

    /// <summary>Who is to be called.</summary>
    public Target Target { get; } = target;

    /// <summary>Time spent in the queue.</summary>
    public TimeSpan Waited { get; } = waited;

    /// <summary>The answer's first words are there.</summary>
    public void FirstToken()
    {
        _said++;
    }

    /// <summary>The head of an answer, good or bad, as [name, value].</summary>
    public void Headers(IEnumerable<string[]> headers)
    {
        _said++;
    }

    /// <summary>What became of it, said once and before the disposal; without it the attempt counts as <see cref="AttemptOutcome.Cancelled"/>.</summary>
    public void Finish(AttemptOutcome outcome, int? totalTokens)
    {
        _said++;
    }

    public void Dispose()
    {
        _said++;
    }
}
