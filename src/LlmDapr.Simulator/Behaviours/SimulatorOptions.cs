namespace LlmDapr.Simulator.Behaviours;

/// <summary>Section <c>Simulator</c> of the configuration.</summary>
internal sealed class SimulatorOptions
{
    /// <summary>The section's name.</summary>
    public const string SectionName = "Simulator";

    /// <summary>The key that callers must send as <c>Authorization: Bearer</c>. Default null: any key or none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The value of <c>openai-organization</c> and the organization in 429 texts. Default <c>org-simulator</c>.</summary>
    public string Organization { get; set; } = "org-simulator";

    /// <summary>Behaviour of every model unless its entry or its name says otherwise, as in a model's name: <c>ttft=200ms&amp;tps=50</c>. Default empty.</summary>
    public string Defaults { get; set; } = "";

    /// <summary>Models beside the built-in ones. An entry with a built-in one's id replaces it. Default none.</summary>
    public IList<ModelOptions> Models { get; } = [];
}

/// <summary>One entry of <c>Simulator:Models</c>.</summary>
internal sealed class ModelOptions
{
    /// <summary>The model's name. Required, without <c>?</c>.</summary>
    public string Id { get; set; } = "";

    /// <summary>Its behaviour on top of <c>Simulator:Defaults</c>, as in a model's name. Default empty.</summary>
    public string Behaviour { get; set; } = "";
}
