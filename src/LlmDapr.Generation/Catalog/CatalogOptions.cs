using LlmDapr.Contracts.Hop;

namespace LlmDapr.Generation.Catalog;

/// <summary>The configuration sections <c>Providers</c> and <c>Models</c>.</summary>
internal sealed class CatalogOptions
{
    /// <summary>The providers by name. <c>OPENAI_API_KEY</c> alone adds one named <c>openai</c>.</summary>
    public Dictionary<string, ProviderOptions> Providers { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The models that callers may name, besides those that providers list.</summary>
    public List<ModelOptions> Models { get; init; } = [];
}

/// <summary>One provider: an OpenAI-compatible endpoint.</summary>
internal sealed class ProviderOptions
{
    /// <summary>
    /// The base address, to which <c>/chat/completions</c> is added: <c>https://api.openai.com/v1</c>. Where it contains <c>{model}</c>, the target's
    /// model is put there (Azure's deployments). Required.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>The environment variable that holds the key. Default: none, and no key is sent.</summary>
    public string? ApiKeyEnv { get; set; }

    /// <summary>The file that holds the key, read at start. Default: none.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>The header that carries the key; any other than the default carries it without <c>Bearer</c> (Azure: <c>api-key</c>). Default <c>Authorization</c>.</summary>
    public string KeyHeader { get; set; } = ProviderKey.AuthorizationHeader;

    /// <summary>Query parameters of every call (Azure: <c>api-version</c>). Default: none.</summary>
    public Dictionary<string, string> Query { get; init; } = [];

    /// <summary>Whether streams are asked for their usage (<c>stream_options.include_usage</c>). Default true; false for a provider that refuses the field.</summary>
    public bool StreamUsage { get; set; } = true;

    /// <summary>How long a connection may take to come about. Default 10 s, above 0 to 1 min.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the provider is asked for its models. Default: yes, unless <c>Models</c> names one of it.</summary>
    public bool? ListModels { get; set; }
}

/// <summary>One model, or all whose name begins with what stands before a final <c>*</c>.</summary>
internal sealed class ModelOptions
{
    /// <summary>The name that callers use. Required.</summary>
    public string? Id { get; set; }

    /// <summary>Who answers, the preferred one first. At least one.</summary>
    public List<TargetOptions> Targets { get; init; } = [];

    /// <summary>Tokens of prompt and answer together. Default: not known.</summary>
    public int? ContextLength { get; set; }

    /// <summary>How a stream is finished that breaks after words went out: <c>off</c>, <c>restart</c> or <c>continue</c>. Default off.</summary>
    public StreamRecovery Recovery { get; set; }

    /// <summary>How its answers are cached. Default: as edge's section <c>Cache</c> says.</summary>
    public ModelCacheOptions? Cache { get; set; }

    /// <summary>The model that is asked, once, when a provider says <c>context_length_exceeded</c>. Default: none.</summary>
    public string? LargerModel { get; set; }
}

/// <summary>A provider and the model's name there.</summary>
internal sealed class TargetOptions
{
    /// <summary>A name of <c>Providers</c>. Required.</summary>
    public string? Provider { get; set; }

    /// <summary>The model's name at the provider. Default: the name that the caller gave.</summary>
    public string? Model { get; set; }

    /// <summary>0 is asked first; targets of equal rank share the load. Default: its place in the list, so that each is the fallback of the one before.</summary>
    public int? Rank { get; set; }

    /// <summary>Its share of the load among targets of equal rank. Default 1, above 0.</summary>
    public double Weight { get; set; } = 1;
}

/// <summary>How a model's answers are cached. What is left out is as edge's section <c>Cache</c> says.</summary>
internal sealed class ModelCacheOptions
{
    /// <summary>Which requests: <c>off</c>, <c>deterministic</c> or <c>all</c>.</summary>
    public CacheMode? Mode { get; set; }

    /// <summary>How long an answer is fresh, above 0 to 30 days.</summary>
    public TimeSpan? Ttl { get; set; }

    /// <summary>How much longer it may be served while a new one is fetched, 0 to 30 days.</summary>
    public TimeSpan? StaleWhileRevalidate { get; set; }
}
