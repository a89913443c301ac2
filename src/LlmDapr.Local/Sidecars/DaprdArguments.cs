using System.Globalization;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Sidecars;

/// <summary>The flags that the Dapr CLI starts a sidecar with. The development sidecar takes the same.</summary>
internal static class DaprdArguments
{
    /// <summary>Flags for a setting of the run file, with the CLI's default where it has one.</summary>
    private static readonly (string Flag, string Key, string? Default)[] Valued =
    [
        ("--dapr-listen-addresses", "apiListenAddresses", null),
        ("--log-level", "logLevel", null),
        ("--app-max-concurrency", "appMaxConcurrency", "-1"),
        ("--max-body-size", "maxBodySize", "4Mi"),
        ("--read-buffer-size", "readBufferSize", "4Ki"),
        ("--app-health-check-path", "appHealthCheckPath", null),
        ("--app-health-probe-interval", "appHealthProbeInterval", null),
        ("--app-health-probe-timeout", "appHealthProbeTimeout", null),
        ("--app-health-threshold", "appHealthThreshold", null),
        ("--app-channel-address", "appChannelAddress", null),
        ("--unix-domain-socket", "unixDomainSocket", null),
    ];

    private static readonly (string Flag, string Key)[] Switches =
    [
        ("--enable-profiling", "enableProfiling"),
        ("--enable-app-health-check", "enableAppHealthCheck"),
        ("--enable-api-logging", "enableApiLogging"),
    ];

    /// <summary>
    /// The flags for an app's sidecar, <c>--app-id</c> first: in the development sidecar's process it begins the next sidecar's.
    /// </summary>
    /// <param name="app">The app, with its ports assigned.</param>
    /// <param name="configPath">The Dapr Configuration to use.</param>
    public static IReadOnlyList<string> Of(AppPlan app, string? configPath)
    {
        List<string> arguments = ["--app-id", app.AppId, "--app-protocol", app.Protocol];
        if (app.Ports.App > 0)
        {
            AddPort("--app-port", app.Ports.App);
        }

        AddPort("--dapr-http-port", app.Ports.DaprHttp);
        AddPort("--dapr-grpc-port", app.Ports.DaprGrpc);
        AddPort("--dapr-internal-grpc-port", app.Ports.InternalGrpc);
        AddPort("--metrics-port", app.Ports.Metrics);
        AddPort("--profile-port", app.Ports.Profile > 0 ? app.Ports.Profile : -1);
        foreach (var (flag, key, otherwise) in Valued)
        {
            if ((app.Setting(key) ?? otherwise) is { } value)
            {
                arguments.AddRange([flag, value]);
            }
        }

        arguments.AddRange(Switches.Where(entry => app.Setting(entry.Key) is not null).Select(entry => entry.Flag));
        foreach (var path in app.ResourcesPaths)
        {
            arguments.AddRange(["--resources-path", path]);
        }

        if (configPath is not null)
        {
            arguments.AddRange(["--config", configPath]);
        }

        // Empty switches off what only actors, workflows and jobs need: without them, daprd would keep looking for services that are not there.
        arguments.AddRange(["--placement-host-address", app.Setting("placementHostAddress") ?? ""]);
        arguments.AddRange(["--scheduler-host-address", app.Setting("schedulerHostAddress") ?? ""]);
        return arguments;

        void AddPort(string flag, int port) => arguments.AddRange([flag, port.ToString(CultureInfo.InvariantCulture)]);
    }
}
