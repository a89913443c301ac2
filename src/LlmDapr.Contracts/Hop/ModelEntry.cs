namespace LlmDapr.Contracts.Hop;

/// <summary>One model of the table.</summary>
/// <param name="Id">The name that callers use.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="OwnedBy">Who owns the model, in the words of OpenAI's <c>owned_by</c>.</param>
/// <param name="Identity">Changes when another model would answer under this name: the targets in their order.</param>
/// <param name="ContextLength">Tokens of prompt and answer together, null when not known.</param>
/// <param name="Cache">How its answers are cached; null for edge's default.</param>
public sealed record ModelEntry(string Id, long Created, string OwnedBy, string Identity, int? ContextLength, CachePolicy? Cache = null);
