using System.Runtime.InteropServices;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Apps;

/// <summary>How a built .NET assembly is started.</summary>
internal static class BuiltProgramHost
{
    /// <summary>The folder of the .NET that runs this process: an app host finds no other one when it is not installed in a usual place.</summary>
    private static readonly string DotnetRoot = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>The launch of an assembly: its app host, or <c>dotnet X.dll</c> where it has none.</summary>
    /// <exception cref="LocalFailure">It was never built.</exception>
    public static LaunchSpec Spec(string assembly, IReadOnlyList<string> arguments, string directory, IReadOnlyDictionary<string, string> env)
    {
        var host = Path.ChangeExtension(assembly, OperatingSystem.IsWindows() ? ".exe" : null);
        if (!File.Exists(assembly))
        {
            throw new LocalFailure($"{assembly} is not there. Build it: dotnet build src/LlmDapr.Local");
        }

        Dictionary<string, string> withRoot = new(env, StringComparer.Ordinal);
        withRoot.TryAdd("DOTNET_ROOT", Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? DotnetRoot);
        return File.Exists(host)
            ? new LaunchSpec(host, arguments, directory, withRoot)
            : new LaunchSpec(Path.Combine(DotnetRoot, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"), [assembly, .. arguments], directory, withRoot);
    }
}
