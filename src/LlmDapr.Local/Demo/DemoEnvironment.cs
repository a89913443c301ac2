using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Local.Output;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Demo;

/// <summary>Keeps the demo away from every real provider, whatever the environment and the run file say.</summary>
internal static class DemoEnvironment
{
    private static readonly string[] Prefixes = ["OPENAI_", "AZURE_OPENAI_", "Providers__", "Providers:", "Models__", "Models:"];

    /// <summary>Whether a variable could name a provider, a model or a key.</summary>
    public static bool NamesProvider(string variable) => Prefixes.Any(prefix => variable.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>The apps with the simulator as their only provider.</summary>
    /// <exception cref="LocalFailure">The run file lacks an app that the demo needs.</exception>
    public static AppPlan Adapt(AppPlan app, int simulatorPort)
    {
        var env = app.Env.Where(variable => !NamesProvider(variable.Key)).ToDictionary(StringComparer.Ordinal);
        if (app.AppId == AppIds.Generation)
        {
            env["Providers__simulator__Endpoint"] = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{simulatorPort}/v1");
            env["Models__0__Id"] = "sim*";
            env["Models__0__Targets__0__Provider"] = "simulator";
        }

        return app with { Env = env };
    }
}
