namespace LlmDapr.Sidecar.PubSub;

/// <summary>One pub/sub component as one app sees it. All of them live in the one data file, whatever their type says.</summary>
/// <param name="Name">The component's name: what publishers and subscriptions call it.</param>
/// <param name="Settings">The values of <c>spec.metadata</c>, names as written.</param>
internal sealed record PubSubComponent(string Name, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>A setting, its name whatever the case; null when absent or empty.</summary>
    public string? Setting(string name) =>
        Settings.FirstOrDefault(pair => string.Equals(pair.Key, name, StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } value ? value : null;
}
