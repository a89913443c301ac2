using LlmDapr.Local.Output;

namespace LlmDapr.Local.Apps;

/// <summary>Variables given on the command line. They win over the run file's.</summary>
internal sealed class EnvironmentOverrides
{
    private readonly Dictionary<string, Dictionary<string, string>> _byApp = new(StringComparer.Ordinal);

    /// <summary>None.</summary>
    public static EnvironmentOverrides None { get; } = new();

    /// <summary>For every app, and for the sidecars, as if they were set in the shell.</summary>
    public Dictionary<string, string> ForAll { get; } = new(StringComparer.Ordinal);

    /// <summary>The app-ids that have variables of their own.</summary>
    public IEnumerable<string> Apps => _byApp.Keys;

    /// <summary>Reads <c>KEY=VALUE</c> and <c>app:KEY=VALUE</c> texts.</summary>
    /// <exception cref="LocalFailure">One has no <c>=</c> or no <c>:</c>.</exception>
    public static EnvironmentOverrides Parse(IEnumerable<string> forAll, IEnumerable<string> forApps)
    {
        var overrides = new EnvironmentOverrides();
        foreach (var text in forAll)
        {
            Add(overrides.ForAll, text, $"--env {text}: write --env KEY=VALUE.");
        }

        foreach (var text in forApps)
        {
            var usage = $"--app-env {text}: write --app-env APP:KEY=VALUE.";
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var app = colon > 0 ? text[..colon] : throw new LocalFailure(usage);
            if (!overrides._byApp.TryGetValue(app, out var variables))
            {
                overrides._byApp[app] = variables = new Dictionary<string, string>(StringComparer.Ordinal);
            }

            Add(variables, text[(colon + 1)..], usage);
        }

        return overrides;
    }

    /// <summary>For the instances of one app-id.</summary>
    public IReadOnlyDictionary<string, string> ForApp(string appId) =>
        _byApp.TryGetValue(appId, out var variables) ? variables : new Dictionary<string, string>();

    private static void Add(Dictionary<string, string> variables, string text, string usage)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        variables[equals > 0 ? text[..equals] : throw new LocalFailure(usage)] = text[(equals + 1)..];
    }
}
