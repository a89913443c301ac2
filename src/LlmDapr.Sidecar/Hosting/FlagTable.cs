using System.Globalization;

namespace LlmDapr.Sidecar.Hosting;

/// <summary>The flags of daprd: what each one sets here, or that it has no meaning in the development sidecar.</summary>
internal static class FlagTable
{
    /// <summary>One flag. <see cref="Apply"/> is null for a flag that is accepted and ignored.</summary>
    internal sealed record Flag(string Name, Func<SidecarOptions, string, SidecarOptions>? Apply, bool IsSwitch = false);

    private static readonly Dictionary<string, Flag> Flags = new Flag[]
    {
        new("app-id", null),
        new("log-level", null),
        new("data-file", null),
        new("app-port", (o, v) => o with { AppPort = Port("app-port", v) }),
        new("app-channel-address", (o, v) => o with { AppChannelAddress = v.Length == 0 ? "127.0.0.1" : v }),
        new("app-protocol", (o, v) => v is "http" or "" ? o : throw Bad("app-protocol", v, "'http'; the development sidecar speaks no other protocol to an app")),
        new("dapr-http-port", (o, v) => o with { HttpPort = Port("dapr-http-port", v) }),
        new("dapr-grpc-port", (o, v) => o with { GrpcPort = Port("dapr-grpc-port", v) }),
        new("metrics-port", (o, v) => o with { MetricsPort = Port("metrics-port", v) }),
        new("dapr-listen-addresses", (o, v) => o with { ListenAddresses = v.Length == 0 ? ["127.0.0.1"] : v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) }),
        new("resources-path", (o, v) => o with { ResourcesPaths = [.. o.ResourcesPaths, v] }),
        new("components-path", (o, v) => o with { ResourcesPaths = [.. o.ResourcesPaths, v] }),
        new("config", (o, v) => o with { ConfigFile = v.Length == 0 ? null : v }),
        new("max-body-size", (o, v) => o with { MaxBodySize = Math.Min(Bytes("max-body-size", v), Array.MaxLength) }),
        new("dapr-http-max-request-size", (o, v) => o with { MaxBodySize = (long)Number("dapr-http-max-request-size", v, 1, 1 << 20) << 20 }),
        new("read-buffer-size", (o, v) => o with { ReadBufferSize = (int)Math.Min(Bytes("read-buffer-size", v), 1 << 28) }),
        new("dapr-http-read-buffer-size", (o, v) => o with { ReadBufferSize = Number("dapr-http-read-buffer-size", v, 1, 1 << 18) << 10 }),
        new("app-max-concurrency", (o, v) => o with { AppMaxConcurrency = Number("app-max-concurrency", v, -1, int.MaxValue) }),
        new("enable-app-health-check", (o, v) => o with { EnableAppHealthCheck = Switch("enable-app-health-check", v) }, IsSwitch: true),
        new("app-health-check-path", (o, v) => o with { AppHealthCheckPath = v.Length == 0 ? "/" : v[0] == '/' ? v : "/" + v }),
        new("app-health-probe-interval", (o, v) => o with { AppHealthProbeInterval = TimeSpan.FromSeconds(Number("app-health-probe-interval", v, 1, 86_400)) }),
        new("app-health-probe-timeout", (o, v) => o with { AppHealthProbeTimeout = TimeSpan.FromMilliseconds(Number("app-health-probe-timeout", v, 1, 86_400_000)) }),
        new("app-health-threshold", (o, v) => o with { AppHealthThreshold = Number("app-health-threshold", v, 1, 1000) }),
        new("dapr-graceful-shutdown-seconds", (o, v) => o with { GracefulShutdown = TimeSpan.FromSeconds(Number("dapr-graceful-shutdown-seconds", v, -1, 86_400)) }),
        new("enable-api-logging", (o, v) => o with { EnableApiLogging = Switch("enable-api-logging", v) }, IsSwitch: true),
        new("dapr-internal-grpc-port", null), new("dapr-internal-grpc-listen-address", null), new("dapr-public-port", null),
        new("dapr-public-listen-address", null), new("profile-port", null), new("enable-profiling", null, IsSwitch: true),
        new("placement-host-address", null), new("scheduler-host-address", null), new("allowed-origins", null),
        new("control-plane-address", null), new("sentry-address", null), new("enable-mtls", null, IsSwitch: true),
        new("mode", null), new("metrics-listen-address", null), new("enable-metrics", null, IsSwitch: true),
        new("unix-domain-socket", null), new("log-as-json", null, IsSwitch: true), new("app-ssl", null, IsSwitch: true),
        new("dapr-block-shutdown-duration", null), new("disable-builtin-k8s-secret-store", null, IsSwitch: true),
        new("state-file", null), new("disable-init-endpoints", null), new("actors-service", null), new("reminders-service", null),
        new("trust-domain", null), new("namespace", null), new("kubeconfig", null), new("log-file", null),
    }.ToDictionary(flag => flag.Name, StringComparer.Ordinal);

    /// <summary>All names, for messages.</summary>
    public static string Names => string.Join(", ", Flags.Keys.Order(StringComparer.Ordinal).Select(name => "--" + name));

    /// <summary>The flag of a name, or null.</summary>
    public static Flag? Find(string name) => Flags.GetValueOrDefault(name);

    /// <summary>Dapr's words for a level.</summary>
    public static LogLevel ParseLogLevel(string text) => text.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.Debug,
        "INFO" => LogLevel.Information,
        "WARN" or "WARNING" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "FATAL" => LogLevel.Critical,
        _ => throw Bad("log-level", text, "debug, info, warn, error or fatal"),
    };

    private static int Port(string name, string text) => Number(name, text, 0, 65_535);

    private static int Number(string name, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Bad(name, text, $"a whole number from {least} to {most}");

    private static long Bytes(string name, string text) =>
        Quantity.TryParse(text, out var bytes) && bytes > 0 ? bytes : throw Bad(name, text, "a quantity of bytes such as 4Mi, 16Mi or 4096");

    private static bool Switch(string name, string text) =>
        bool.TryParse(text, out var value) ? value : throw Bad(name, text, "true or false");

    private static UsageException Bad(string name, string text, string wanted) => new($"Flag --{name} has the value '{text}'; it must be {wanted}.");
}
