namespace LlmDapr.Contracts.Hop;

/// <summary>All models whose name begins with a prefix.</summary>
/// <param name="Prefix">The names' beginning, without the <c>*</c>.</param>
/// <param name="Identity">As <see cref="ModelEntry.Identity"/>; with the name it tells one model from another.</param>
/// <param name="Cache">How their answers are cached; null for edge's default.</param>
public sealed record ModelPattern(string Prefix, string Identity, CachePolicy? Cache = null);
