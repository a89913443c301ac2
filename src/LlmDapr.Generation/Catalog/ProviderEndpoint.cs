namespace LlmDapr.Generation.Catalog;

/// <summary>A provider's base address, which may depend on the model.</summary>
internal sealed class ProviderEndpoint(string text)
{
    /// <summary>What stands for the target's model in an address.</summary>
    public const string ModelPlace = "{model}";

    /// <summary>Whether the address differs by model.</summary>
    public bool DependsOnModel { get; } = text.Contains(ModelPlace, StringComparison.Ordinal);

    /// <summary>The address for a model.</summary>
    public Uri For(string model) => new(text.Replace(ModelPlace, Uri.EscapeDataString(model), StringComparison.Ordinal));
}
