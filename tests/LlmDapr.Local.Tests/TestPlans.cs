using LlmDapr.Local.Ports;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Tests;

/// <summary>Resolved apps for tests that need one.</summary>
internal static class TestPlans
{
    /// <summary>An app with ports 0 and the command <c>app</c>, unless given.</summary>
    public static AppPlan App(string id, PortSet? ports = null, params string[] command) => new()
    {
        AppId = id,
        Name = id,
        At = "dapr.yaml line 9",
        Directory = Path.GetTempPath(),
        Command = command.Length > 0 ? command : ["app"],
        Env = new Dictionary<string, string>(),
        Ports = ports ?? new PortSet(0, 0, 0, 0, 0, 0),
        ResourcesPaths = [],
        ConfigPath = null,
        AppLog = LogDestination.Console,
        SidecarLog = LogDestination.File,
        Settings = new Dictionary<string, string>(),
    };
}
