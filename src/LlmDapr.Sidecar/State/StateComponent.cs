namespace LlmDapr.Sidecar.State;

/// <summary>A state store as one app's resource files describe it.</summary>
/// <param name="Name">The component's name.</param>
/// <param name="Space">Whose keys it shares: those of all components of the same name, but an in-memory store is its sidecar's own.</param>
/// <param name="Prefix">What comes before each key, with its <c>||</c>; empty = nothing.</param>
/// <param name="Ttl">Seconds that a save without a TTL lives; null = for ever.</param>
internal sealed record StateComponent(string Name, string Space, string Prefix, int? Ttl);
