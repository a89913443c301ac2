using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Local.Output;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Demo;

/// <summary>Keeps the demo away from every real provider, and its numbers what they are, whatever the environment and the run file say.</summary>
internal static class DemoEnvironment
{
    private static readonly string[] Prefixes = ["OPENAI_", "AZURE_OPENAI_", "Providers__", "Providers:", "Models__", "Models:", "Cache__", "Cache:", "Jobs__", "Jobs:"];

    /// <summary>Whether a variable could name a provider, a model or a key, or change what the cache and the jobs do.</summary>
    public static bool IsWithheld(string variable) => Prefixes.Any(prefix => variable.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>The apps that the demo starts, of those that the run file has.</summary>
    public static bool IsNeeded(string appId) => appId is AppIds.Edge or AppIds.Generation or AppIds.Simulator or EventAsker.AppId;

    /// <summary>The apps with the simulator as their only provider.</summary>
    /// <exception cref="LocalFailure">The run file lacks an app that the demo needs.</exception>
    public static AppPlan Adapt(AppPlan app, int simulatorPort)
    {
        var env = app.Env.Where(variable => !IsWithheld(variable.Key)).ToDictionary(StringComparer.Ordinal);
        if (app.AppId == AppIds.Generation)
        {
            env["Providers__simulator__Endpoint"] = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{simulatorPort}/v1");
            foreach (var (name, value) in DemoFault.Settings().Concat(DemoFault.Clocks))
            {
                env[name] = value;
            }
        }

        return app with { Env = env };
    }
}
