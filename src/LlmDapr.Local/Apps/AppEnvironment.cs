using System.Globalization;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Apps;

/// <summary>The variables that an app is given besides the runner's own, as the Dapr CLI gives them.</summary>
internal static class AppEnvironment
{
    /// <summary>
    /// Variables of the runner's own environment that say where a server listens. One address for all apps can only be wrong, and .NET's container images set one.
    /// </summary>
    private static readonly HashSet<string> ListenVariables = new(StringComparer.OrdinalIgnoreCase)
    {
        "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "DOTNET_URLS", "DOTNET_HTTP_PORTS", "DOTNET_HTTPS_PORTS", "URLS", "HTTP_PORTS", "HTTPS_PORTS",
    };

    /// <summary>Whether the apps do without a variable of the runner's own environment. Their own <c>env</c> may set it.</summary>
    public static bool IsWithheld(string variable) => ListenVariables.Contains(variable);

    /// <summary>In the order of their precedence: Dapr's, then the run file's, then those of the command line.</summary>
    public static Dictionary<string, string> Of(AppPlan app, EnvironmentOverrides overrides)
    {
        Dictionary<string, string> env = new(StringComparer.Ordinal)
        {
            ["APP_ID"] = app.AppId,
            ["APP_CHANNEL_ADDRESS"] = app.Setting("appChannelAddress") ?? "",
            ["APP_PROTOCOL"] = app.Protocol,
        };
        AddPort("APP_PORT", app.Ports.App);
        AddPort("DAPR_HTTP_PORT", app.Ports.DaprHttp);
        AddPort("DAPR_GRPC_PORT", app.Ports.DaprGrpc);
        AddPort("DAPR_METRICS_PORT", app.Ports.Metrics);
        foreach (var (name, value) in app.Env.Concat(overrides.ForAll).Concat(overrides.ForApp(app.AppId)))
        {
            env[name] = value;
        }

        return env;

        void AddPort(string name, int port)
        {
            if (port > 0)
            {
                env[name] = port.ToString(CultureInfo.InvariantCulture);
            }
        }
    }
}
