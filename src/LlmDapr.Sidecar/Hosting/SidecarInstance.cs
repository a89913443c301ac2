using LlmDapr.Sidecar.AppHealth;
using LlmDapr.Sidecar.Invocation;
using LlmDapr.Sidecar.Metadata;
using LlmDapr.Sidecar.PubSub;
using LlmDapr.Sidecar.PubSub.Delivery;
using LlmDapr.Sidecar.PubSub.Publishing;
using LlmDapr.Sidecar.PubSub.Subscriptions;
using LlmDapr.Sidecar.State;
using LlmDapr.Sidecar.Telemetry;

namespace LlmDapr.Sidecar.Hosting;

/// <summary>
/// One running sidecar: its ports, its app, its calls in flight. It ends by <see cref="BeginShutdown"/> or with the
/// <see cref="SidecarHost"/> that started it; all members are safe to use from any thread.
/// </summary>
public sealed class SidecarInstance
{
    private readonly TaskCompletionSource _shutdownAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;
    private int _served;
    private long _total;
    private volatile bool _gone;
    private volatile bool _appSeen;
    private volatile bool _appIsAway;

    internal SidecarInstance(SidecarOptions options, AppRegistry registry)
    {
        Options = options;
        Routes = new AppRoutes(this, registry);
        if (options.AppPort > 0)
        {
            Channel = new AppChannel(
                options.AppId,
                $"http://{options.AppChannelAddress}:{options.AppPort}",
                options.ReadBufferSize,
                options.AppMaxConcurrency,
                options.AppApiToken);
        }
    }

    /// <summary>The app's id.</summary>
    public string AppId => Options.AppId;

    /// <summary>The settings it runs with.</summary>
    public SidecarOptions Options { get; }

    /// <summary>The port of the HTTP API.</summary>
    public int HttpPort { get; internal set; }

    /// <summary>The port of the gRPC API.</summary>
    public int GrpcPort { get; internal set; }

    /// <summary>The port of the Prometheus endpoint.</summary>
    public int MetricsPort { get; internal set; }

    /// <summary>Invocations of this sidecar's callers that have not ended.</summary>
    public int CallsInFlight => Volatile.Read(ref _calls);

    internal long CallsTotal => Interlocked.Read(ref _total);

    internal int ServedForOthers => Volatile.Read(ref _served);

    internal AppChannel? Channel { get; }

    internal AppRoutes Routes { get; }

    internal IReadOnlyList<ComponentList.Component> Components { get; set; } = [];

    internal IReadOnlyList<string> Features { get; set; } = [];

    /// <summary>The state stores that the app may use, by component name.</summary>
    internal IReadOnlyDictionary<string, StateStore> StateStores { get; init; } = new Dictionary<string, StateStore>();

    internal Tracing Tracing { get; init; }

    /// <summary>The pub/sub components of this app, by name.</summary>
    internal IReadOnlyDictionary<string, PubSubComponent> PubSubs { get; init; } = new Dictionary<string, PubSubComponent>();

    /// <summary>What the app is subscribed to; complete once the app was asked.</summary>
    internal IReadOnlyList<Subscription> Subscriptions { get; set; } = [];

    /// <summary>The process's broker: publishes go there. Null when the app has no pub/sub component.</summary>
    internal Broker? Broker { get; set; }

    /// <summary>Publishes for the app, by HTTP and by gRPC.</summary>
    internal Publisher Publisher { get; set; } = null!;

    /// <summary>What brings the topics' messages to the app. Started with <see cref="Subscriptions"/>.</summary>
    internal DeliverySet? Deliveries { get; set; }

    internal AppProbe? Probe { get; set; }

    internal bool AppIsHealthy => Probe is not { } probe || probe.Healthy;

    internal bool IsGone => _gone;

    /// <summary>The parts that are not ready, as healthz names them; null when all are.</summary>
    internal string? NotReady => _gone ? "grpc-api-server grpc-internal-server" : _appSeen || Channel is null ? null : "runtime";

    /// <summary>Completes when the sidecar is to end.</summary>
    internal Task ShutdownAsked => _shutdownAsked.Task;

    /// <summary>Lets the sidecar end: others can no longer reach its app, calls in flight go on for a while, then its ports close.</summary>
    public void BeginShutdown()
    {
        _gone = true;
        _shutdownAsked.TrySetResult();
    }

    /// <summary>Whether the app took no connection lately while a replica of it was there: it gets no messages until its port is open again.</summary>
    internal bool AppIsAway
    {
        get => _appIsAway;
        set => _appIsAway = value;
    }

    internal void AppSeen() => _appSeen = true;

    internal void CallStarted()
    {
        Interlocked.Increment(ref _calls);
        Interlocked.Increment(ref _total);
    }

    internal void CallEnded() => Interlocked.Decrement(ref _calls);

    internal void ServeStarted() => Interlocked.Increment(ref _served);

    internal void ServeEnded() => Interlocked.Decrement(ref _served);
}
