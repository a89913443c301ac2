using LlmDapr.Local.Apps;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Sidecars;

/// <summary>Finds the Dapr CLI's folder and a daprd.</summary>
internal static class DaprdLocator
{
    /// <summary>The variable that names a daprd, which is then used before any other.</summary>
    public const string Variable = "LLMDAPR_DAPRD";

    private const string HomeVariable = "DAPR_RUNTIME_PATH";

    /// <summary>The Dapr CLI's folder: <c>.dapr</c> below <c>DAPR_RUNTIME_PATH</c> or the user's home. It need not exist.</summary>
    public static string DaprHome(Func<string, string?> environment) =>
        Path.Combine(
            environment(HomeVariable) is { Length: > 0 } path ? path : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            ".dapr");

    /// <summary>The daprd to use, or null for the development sidecar.</summary>
    /// <exception cref="LocalFailure">A daprd was asked for and there is none.</exception>
    public static string? Find(SidecarMode mode, Func<string, string?> environment)
    {
        if (mode == SidecarMode.Embedded)
        {
            return null;
        }

        if (environment(Variable) is { Length: > 0 } given)
        {
            return ProgramLocator.Find(Path.GetFullPath(given), "/", null)
                ?? throw new LocalFailure($"{Variable} is {given}, which is not a program. Correct it, or unset it.");
        }

        var home = DaprHome(environment);
        var found = ProgramLocator.Find("daprd", Environment.CurrentDirectory, environment("PATH"))
            ?? ProgramLocator.Find(Path.Combine(home, "bin", "daprd"), "/", null);
        return found is null && mode == SidecarMode.Daprd
            ? throw new LocalFailure($"No daprd on the PATH or in {Path.Combine(home, "bin")}. Install Dapr (dapr init --slim), set {Variable}, or run with --sidecar embedded.")
            : found;
    }
}
