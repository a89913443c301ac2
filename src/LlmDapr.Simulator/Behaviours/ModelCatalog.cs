using System.Diagnostics.CodeAnalysis;
using LlmDapr.Simulator.Errors;
using Microsoft.Extensions.Options;

namespace LlmDapr.Simulator.Behaviours;

/// <summary>Which names exist and how they behave: listed models, any other name that begins with <c>sim</c>, and both with options after <c>?</c>.</summary>
internal sealed class ModelCatalog
{
    /// <summary>Names that begin so always exist.</summary>
    public const string Prefix = "sim";

    /// <summary>Unix seconds of the models' <c>created</c>: fixed, so that answers are the same after a restart.</summary>
    public const long Created = 1_750_000_000;

    private static readonly (string Id, string Behaviour)[] BuiltIn =
    [
        ("sim", ""),
        ("sim-fast", "words=20"),
        ("sim-slow", "ttft=1s&tps=10&jitter=0.3"),
        ("sim-embed", ""),
    ];

    private readonly Behaviour _defaults;
    private readonly Dictionary<string, Behaviour> _listed = new(StringComparer.Ordinal);

    public ModelCatalog(IOptions<SimulatorOptions> options)
    {
        _defaults = Apply(Behaviour.Default, options.Value.Defaults);
        foreach ((string id, string behaviour) in BuiltIn)
        {
            _listed[id] = Apply(_defaults, behaviour);
        }

        foreach (ModelOptions model in options.Value.Models)
        {
            _listed[model.Id] = Apply(_defaults, model.Behaviour);
        }
    }

    /// <summary>The behaviour of a name without options where nothing is configured.</summary>
    public static Behaviour BuiltInBehaviour(string id) =>
        Apply(Behaviour.Default, BuiltIn.FirstOrDefault(model => model.Id == id).Behaviour ?? "");

    /// <summary>The models of <c>GET /v1/models</c>.</summary>
    public IEnumerable<string> Listed => _listed.Keys;

    /// <summary>The behaviour of a name, or the provider's refusal of it.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out Behaviour? behaviour, [NotNullWhen(false)] out ProviderError? error)
    {
        int mark = name.IndexOf('?', StringComparison.Ordinal);
        string id = mark < 0 ? name : name[..mark];
        if (!_listed.TryGetValue(id, out Behaviour? start))
        {
            if (!id.StartsWith(Prefix, StringComparison.Ordinal))
            {
                behaviour = null;
                error = ProviderErrors.ModelNotFound(name);
                return false;
            }

            start = _defaults;
        }

        string text = mark < 0 ? "" : name[(mark + 1)..];
        if (!BehaviourGrammar.TryApply(start, text, out behaviour, out string? problem))
        {
            error = ProviderErrors.Invalid($"Model name '{name}': {problem}", "model", "invalid_model_option");
            return false;
        }

        error = null;
        return true;
    }

    // The validator has seen the same text at start.
    private static Behaviour Apply(Behaviour start, string text) =>
        BehaviourGrammar.TryApply(start, text, out Behaviour? result, out string? problem) ? result : throw new InvalidOperationException(problem);
}
