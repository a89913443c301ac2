namespace LlmDapr.Dapr.Conformance.Sidecars;

/// <summary>A sidecar that a case needs.</summary>
/// <param name="AppId">Its app id.</param>
/// <param name="AppPort">The app's port; 0 = no app.</param>
public sealed record SidecarSpec(string AppId, int AppPort = 0)
{
    /// <summary>Further flags, each name followed by its value.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>DAPR_API_TOKEN and APP_API_TOKEN, if any.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Resource files by name.</summary>
    public IReadOnlyDictionary<string, string> Resources { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it becomes ready at all: false for one whose app never opens its port.</summary>
    public bool BecomesReady { get; init; } = true;
}
