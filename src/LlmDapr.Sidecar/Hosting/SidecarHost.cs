using LlmDapr.Sidecar.AppHealth;
using LlmDapr.Sidecar.Invocation;
using LlmDapr.Sidecar.Metadata;
using LlmDapr.Sidecar.PubSub;
using LlmDapr.Sidecar.PubSub.Delivery;
using LlmDapr.Sidecar.PubSub.Publishing;
using LlmDapr.Sidecar.PubSub.Subscriptions;
using LlmDapr.Sidecar.Resiliency;
using LlmDapr.Sidecar.Resources;
using LlmDapr.Sidecar.State;
using LlmDapr.Sidecar.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmDapr.Sidecar.Hosting;

/// <summary>
/// The development sidecars of one process. They find each other by app id and need nothing but their apps. Disposing ends all of them
/// without waiting for calls in flight.
/// </summary>
public sealed class SidecarHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly AppRegistry _registry = new();
    private readonly List<SidecarInstance> _instances = [];
    private readonly List<SidecarServer> _servers = [];
    private readonly List<Task> _background = [];
    private readonly List<Task<bool>> _lives = [];
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ILoggerFactory _loggers;
    private readonly string? _dataFile;
    private Database? _database;
    private Broker? _broker;
    private volatile bool _processEnds;

    private SidecarHost(ILoggerFactory loggers, TimeProvider time, string? dataFile)
    {
        (_loggers, _time, _dataFile) = (loggers, time, dataFile);
        _logger = loggers.CreateLogger("LlmDapr.Sidecar");
    }

    /// <summary>The sidecars, in the order given.</summary>
    public IReadOnlyList<SidecarInstance> Instances => _instances;

    /// <summary>Completes when all sidecars have ended; false when one had to break calls off.</summary>
    public Task<bool> Ended { get; private set; } = Task.FromResult(true);

    /// <summary>Starts sidecars in this process.</summary>
    /// <param name="sidecars">Their settings; several of one app id are replicas of an app, which take turns.</param>
    /// <param name="loggers">Where they log; default nowhere.</param>
    /// <param name="time">The clock; default the system's.</param>
    /// <param name="dataFile">Where state and messages are kept; default a temporary file that is deleted at the end.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="StartException">A port, folder or file is no good; nothing runs then.</exception>
    public static async Task<SidecarHost> StartAsync(
        IReadOnlyList<SidecarOptions> sidecars,
        ILoggerFactory? loggers = null,
        TimeProvider? time = null,
        string? dataFile = null,
        CancellationToken cancellationToken = default)
    {
        var host = new SidecarHost(loggers ?? NullLoggerFactory.Instance, time ?? TimeProvider.System, dataFile);
        try
        {
            if (dataFile is not null)
            {
                // A file that is no good is said at once, whether or not a component needs it.
                host.OpenDatabase();
            }

            foreach (var options in sidecars)
            {
                await host.AddAsync(options, cancellationToken);
            }

            host.Ended = host.WatchAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets all sidecars end, calls in flight first, as SIGTERM does with daprd.</summary>
    public Task<bool> ShutdownAsync()
    {
        _processEnds = true;
        foreach (var instance in _instances)
        {
            instance.BeginShutdown();
        }

        return Ended;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var instance in _instances)
        {
            instance.BeginShutdown();
        }

        foreach (var server in _servers)
        {
            await server.StopAsync(TimeSpan.Zero, _time);
            await server.DisposeAsync();
        }

        await Task.WhenAll(_background);
        await Task.WhenAll(_lives);
        foreach (var instance in _instances)
        {
            instance.Routes.Dispose();
            instance.Channel?.Dispose();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async Task AddAsync(SidecarOptions options, CancellationToken cancel)
    {
        // The sidecars of a process often read the same files: the category says whose line it is.
        var logger = _loggers.CreateLogger($"LlmDapr.Sidecar.{options.AppId}");
        var resources = ResourceFolder.Read(options.ResourcesPaths, logger);
        var configuration = DaprConfiguration.Read(options);
        var policies = ResiliencyPolicies.Load(
            resources.Where(resource => resource.Kind == "Resiliency"), options.AppId, _time, Random.Shared.NextDouble, logger);
        var instance = new SidecarInstance(options, _registry)
        {
            Components = ComponentList.Of(resources, options.AppId),
            Features = configuration.EnabledFeatures,
            StateStores = StateComponents.Read(resources, options, logger).ToDictionary(
                component => component.Name,
                component => new StateStore(component, OpenDatabase(), policies.ForComponentOutbound(component.Name), _time),
                StringComparer.Ordinal),
            Tracing = configuration.Tracing,
            PubSubs = PubSubComponents.Read(resources, options),
            Subscriptions = DeclaredSubscriptions.Read(resources, options.AppId, logger),
        };
        instance.Publisher = new Publisher(instance, _time, logger);
        if (instance.PubSubs.Count > 0)
        {
            instance.Broker = OpenBroker();
            instance.Deliveries = new DeliverySet(instance, instance.Broker, policies, _time, logger);
        }

        if (options.EnableAppHealthCheck && instance.Channel is { } channel)
        {
            instance.Probe = new AppProbe(options, channel, _time, _logger) { Changed = () => instance.Deliveries?.Wake() };
        }

        _instances.Add(instance);
        var server = await SidecarServer.StartAsync(instance, policies, _loggers, cancel);
        _servers.Add(server);
        _registry.Add(instance);
        _background.Add(MeetAppAsync(instance));
        _lives.Add(LiveAsync(instance, server));
    }

    // Only where something is kept: most tests' sidecars keep nothing, and opening a file takes its time.
    internal Database OpenDatabase()
    {
        if (_database is null)
        {
            _database = Database.Open(_dataFile, _logger);
            _background.Add(new ExpirySweep(_database, _time, _logger).RunAsync(_stop.Token));
        }

        return _database;
    }

    private Broker OpenBroker() => _broker ??= new Broker(OpenDatabase(), _time, _logger);

    private async Task MeetAppAsync(SidecarInstance instance)
    {
        if (instance.Channel is not { } channel)
        {
            return;
        }

        try
        {
            await AppStart.WaitForPortAsync(instance.Options, _time, _logger, _stop.Token);
            await AppStart.AskForConfigAsync(instance.Options, channel, _stop.Token);
            await SubscribeAsync(instance, channel);
            instance.AppSeen();
            if (instance.Probe is { } probe)
            {
                await probe.RunAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host ends before the app came.
        }
    }

    private async Task SubscribeAsync(SidecarInstance instance, AppChannel channel)
    {
        if (instance.PubSubs.Count == 0)
        {
            return;
        }

        var logger = _loggers.CreateLogger($"LlmDapr.Sidecar.{instance.AppId}");
        var asked = await AppSubscriptions.AskAsync(instance.Options, channel, _time, logger, _stop.Token);
        instance.Subscriptions = SubscriptionList.Merge(instance.Subscriptions, asked);
        if (instance.Deliveries is { } deliveries)
        {
            var deliverable = SubscriptionList.Deliverable(instance.Subscriptions, instance.PubSubs, instance.AppId, logger);
            try
            {
                await deliveries.StartAsync(deliverable, _stop.Token);
            }
            catch (StorageException failed)
            {
                // A sidecar that brings no messages and looks well would be worse than none.
                logger.SubscribeFailed(failed, instance.AppId);
                instance.BeginShutdown();
            }
        }
    }

    private async Task<bool> LiveAsync(SidecarInstance instance, SidecarServer server)
    {
        await instance.ShutdownAsked;
        var grace = instance.Options.GracefulShutdown;
        if (instance.Deliveries is { } deliveries)
        {
            // First, while the API still serves what the app's handlers need.
            var begun = _time.GetTimestamp();
            await deliveries.StopAsync(grace, _stop.Token);
            var left = grace - _time.GetElapsedTime(begun);
            grace = left > TimeSpan.Zero || grace < TimeSpan.Zero ? left : TimeSpan.Zero;
        }

        if (_stop.IsCancellationRequested)
        {
            return false;
        }

        // daprd first lets the calls of other sidecars end, without a limit; a process that ends as a whole has one.
        var start = _time.GetTimestamp();
        while (instance.ServedForOthers > 0 && !(_processEnds && _time.GetElapsedTime(start) >= instance.Options.GracefulShutdown)
            && !_stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time);
        }

        var clean = await server.StopAsync(grace, _time);
        _logger.SidecarEnded(instance.AppId, clean ? "all calls had ended" : "calls in flight were broken off");
        return clean;
    }

    private async Task<bool> WatchAsync() => (await Task.WhenAll(_lives)).All(clean => clean);
}
