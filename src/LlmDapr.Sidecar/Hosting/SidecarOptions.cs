namespace LlmDapr.Sidecar.Hosting;

/// <summary>The settings of one sidecar: daprd's own flags, with daprd's names and defaults.</summary>
public sealed record SidecarOptions
{
    /// <summary>The app's id, <c>--app-id</c>. Required.</summary>
    public required string AppId { get; init; }

    /// <summary>The app's port, <c>--app-port</c>. Default 0: no app behind this sidecar.</summary>
    public int AppPort { get; init; }

    /// <summary>Where the app listens, <c>--app-channel-address</c>. Default 127.0.0.1.</summary>
    public string AppChannelAddress { get; init; } = "127.0.0.1";

    /// <summary>The HTTP API's port, <c>--dapr-http-port</c>. Default 0: a free one.</summary>
    public int HttpPort { get; init; }

    /// <summary>The gRPC API's port, <c>--dapr-grpc-port</c>. Default 0: a free one.</summary>
    public int GrpcPort { get; init; }

    /// <summary>The Prometheus endpoint's port, <c>--metrics-port</c>. Default 0: a free one.</summary>
    public int MetricsPort { get; init; }

    /// <summary>Addresses of the HTTP and gRPC APIs, <c>--dapr-listen-addresses</c>. Default 127.0.0.1 only.</summary>
    public IReadOnlyList<string> ListenAddresses { get; init; } = ["127.0.0.1"];

    /// <summary>Folders of YAML resources, <c>--resources-path</c>, in the order given.</summary>
    public IReadOnlyList<string> ResourcesPaths { get; init; } = [];

    /// <summary>A Dapr Configuration file, <c>--config</c>.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Largest request body in bytes that the sidecar passes on, <c>--max-body-size</c>. Default 4 MiB.</summary>
    public long MaxBodySize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest header of the app's answers in bytes, and the basis of the limit of callers' headers, <c>--read-buffer-size</c>. Default 4 KiB.</summary>
    public int ReadBufferSize { get; init; } = 4 * 1024;

    /// <summary>How many calls the app gets at once, <c>--app-max-concurrency</c>. Default -1: no limit.</summary>
    public int AppMaxConcurrency { get; init; } = -1;

    /// <summary>Whether the app is probed, <c>--enable-app-health-check</c>. Default false.</summary>
    public bool EnableAppHealthCheck { get; init; }

    /// <summary>The path that is probed, <c>--app-health-check-path</c>. Default /healthz.</summary>
    public string AppHealthCheckPath { get; init; } = "/healthz";

    /// <summary>Time between two probes, <c>--app-health-probe-interval</c> (seconds). Default 5 s.</summary>
    public TimeSpan AppHealthProbeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a probe may take, <c>--app-health-probe-timeout</c> (milliseconds). Default 500 ms.</summary>
    public TimeSpan AppHealthProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Failed probes in a row that make the app unhealthy, <c>--app-health-threshold</c>. Default 3.</summary>
    public int AppHealthThreshold { get; init; } = 3;

    /// <summary>How long calls in flight may go on at shutdown, <c>--dapr-graceful-shutdown-seconds</c>. Default 5 s.</summary>
    public TimeSpan GracefulShutdown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether each call of the API is logged, <c>--enable-api-logging</c>. Default false.</summary>
    public bool EnableApiLogging { get; init; }

    /// <summary>What callers must send as <c>dapr-api-token</c>: environment <c>DAPR_API_TOKEN__&lt;app-id&gt;</c> or <c>DAPR_API_TOKEN</c>. Default: nothing.</summary>
    public string? DaprApiToken { get; init; }

    /// <summary>What the app is sent as <c>dapr-api-token</c>: environment <c>APP_API_TOKEN__&lt;app-id&gt;</c> or <c>APP_API_TOKEN</c>. Default: nothing.</summary>
    public string? AppApiToken { get; init; }

    /// <summary>The app's namespace, which key prefixes and component templates may name: environment <c>NAMESPACE__&lt;app-id&gt;</c> or <c>NAMESPACE</c>. Default: none.</summary>
    public string? AppNamespace { get; init; }
}
