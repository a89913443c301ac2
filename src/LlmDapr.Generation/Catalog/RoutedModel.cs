namespace LlmDapr.Generation.Catalog;

/// <summary>A name that somebody asked for, with all that its calls need to know.</summary>
/// <param name="Targets">Who may answer, the preferred one first; never empty.</param>
/// <param name="Recovery">How a stream that breaks is finished.</param>
/// <param name="LargerModel">The model to ask, once, when the context is too long; null for none.</param>
internal sealed record RoutedModel(IReadOnlyList<RoutedTarget> Targets, StreamRecovery Recovery, string? LargerModel);

/// <summary>A target as one model uses it.</summary>
/// <param name="Target">The target.</param>
/// <param name="Rank">0 is asked first; targets of equal rank share the load.</param>
/// <param name="Weight">Its share among equals.</param>
internal sealed record RoutedTarget(Target Target, int Rank, double Weight);

/// <summary>What is done when the provider breaks a stream after words went out.</summary>
internal enum StreamRecovery
{
    /// <summary>The caller gets the error.</summary>
    Off,

    /// <summary>Another target is asked the same again; what follows is sent if its answer begins with exactly what was sent.</summary>
    Restart,

    /// <summary>Another target is asked to go on from what was sent (assistant prefill); where it refuses that, as <see cref="Restart"/>.</summary>
    Continue,
}
