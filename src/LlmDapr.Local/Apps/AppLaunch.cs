using LlmDapr.Local.Output;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Apps;

/// <summary>Turns an app's command into the process to start.</summary>
internal sealed class AppLaunch(BuiltPrograms built, RunOutput output)
{
    /// <summary>What this run has built, by folder and command: replicas share it.</summary>
    private readonly Dictionary<string, string> _builtNow = new(StringComparer.Ordinal);

    /// <summary>
    /// The process for an app. <c>dotnet run</c> of a project becomes its built program, which is built first unless this program's own build did it; any other command stays as it is.
    /// </summary>
    public async Task<LaunchSpec> PrepareAsync(AppPlan app, IReadOnlyDictionary<string, string> env, CancellationToken cancellation)
    {
        if (DotnetRun.Parse(app.Command, app.Directory) is not { } run)
        {
            var path = env.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH");
            var program = ProgramLocator.Require(app.Command[0], app.Directory, path, $"'{app.Name}' ({app.At})");
            return new LaunchSpec(program, [.. app.Command.Skip(1)], app.Directory, env);
        }

        var sameConfiguration = run.Configuration is null || string.Equals(run.Configuration, built.Configuration, StringComparison.OrdinalIgnoreCase);
        if (!sameConfiguration || built.OutputOf(run.Project) is not { } assembly)
        {
            var key = string.Join('\n', [app.Directory, .. app.Command]);
            if (!_builtNow.TryGetValue(key, out assembly))
            {
                output.Say(run.Build ? $"building {app.Name}" : $"{app.Name} is started as it was built before");
                _builtNow[key] = assembly = await ProjectBuild.RunAsync(run, app.Directory, cancellation);
            }
        }

        return BuiltProgramHost.Spec(assembly, run.Arguments, app.Directory, env);
    }
}
