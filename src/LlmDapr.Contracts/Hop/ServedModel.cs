namespace LlmDapr.Contracts.Hop;

/// <summary>What answers under a name.</summary>
/// <param name="Identity">Changes when another model would answer under the name.</param>
/// <param name="Cache">How its answers are cached; null for the default.</param>
public readonly record struct ServedModel(string Identity, CachePolicy? Cache);
