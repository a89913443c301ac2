namespace LlmDapr.Contracts.Hop;

/// <summary>Generation's table of models, as it is served on the hop. Source: configuration and what the providers list.</summary>
/// <param name="Models">The models with a name.</param>
/// <param name="Patterns">Name prefixes (without their final <c>*</c>) under which any name is taken.</param>
/// <param name="AnyName">True when a provider lists no models, so that it must judge a name itself.</param>
public sealed record ModelTable(IReadOnlyList<ModelEntry> Models, IReadOnlyList<string> Patterns, bool AnyName)
{
    /// <summary>A table without models.</summary>
    public static readonly ModelTable Empty = new([], [], false);

    /// <summary>Whether a request for this name has somewhere to go.</summary>
    public bool Serves(string name) =>
        AnyName
        || Models.Any(model => string.Equals(model.Id, name, StringComparison.Ordinal))
        || Patterns.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}

/// <summary>One model of the table.</summary>
/// <param name="Id">The name that callers use.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="OwnedBy">Who owns the model, in the words of OpenAI's <c>owned_by</c>.</param>
/// <param name="Identity">Changes when another model would answer under this name: the targets in their order.</param>
/// <param name="ContextLength">Tokens of prompt and answer together, null when not known.</param>
public sealed record ModelEntry(string Id, long Created, string OwnedBy, string Identity, int? ContextLength);
