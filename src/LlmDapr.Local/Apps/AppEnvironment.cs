using System.Globalization;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Apps;

/// <summary>The variables that an app is given besides the runner's own, as the Dapr CLI gives them.</summary>
internal static class AppEnvironment
{
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
