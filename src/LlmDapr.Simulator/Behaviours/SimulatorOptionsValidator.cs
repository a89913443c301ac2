using Microsoft.Extensions.Options;

namespace LlmDapr.Simulator.Behaviours;

/// <summary>Refuses a configuration at start, with what to change.</summary>
internal sealed class SimulatorOptionsValidator : IValidateOptions<SimulatorOptions>
{
    public ValidateOptionsResult Validate(string? name, SimulatorOptions options)
    {
        var problems = new List<string>();
        CheckBehaviour(options.Defaults, "Simulator:Defaults", problems);
        if (options.ApiKey is { } key && string.IsNullOrWhiteSpace(key))
        {
            problems.Add("Simulator:ApiKey is empty: remove it to take any key, or give one.");
        }

        if (string.IsNullOrWhiteSpace(options.Organization))
        {
            problems.Add("Simulator:Organization is empty: remove it to use the default, or give a name.");
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < options.Models.Count; i++)
        {
            ModelOptions model = options.Models[i];
            if (string.IsNullOrWhiteSpace(model.Id) || model.Id.Contains('?', StringComparison.Ordinal))
            {
                problems.Add($"Simulator:Models:{i}:Id is '{model.Id}': give a name without '?'; options belong in Simulator:Models:{i}:Behaviour.");
            }
            else if (!ids.Add(model.Id))
            {
                problems.Add($"Simulator:Models:{i}:Id '{model.Id}' is there twice: remove one of the entries.");
            }

            CheckBehaviour(model.Behaviour, $"Simulator:Models:{i}:Behaviour", problems);
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckBehaviour(string text, string key, List<string> problems)
    {
        if (!BehaviourGrammar.TryApply(Behaviour.Default, text, out _, out string? problem))
        {
            problems.Add($"{key}: {problem}");
        }
    }
}
