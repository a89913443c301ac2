using System.Globalization;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.PubSub.Subscriptions;
using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.PubSub.Delivery;

/// <summary>All deliveries of one sidecar to its app: taken up once the app's subscriptions are known, drained when the sidecar ends. Thread-safe.</summary>
internal sealed class DeliverySet(SidecarInstance sidecar, Broker broker, ResiliencyPolicies policies, TimeProvider time, ILogger logger)
{
    private const int DefaultConcurrency = 10;

    private readonly Lock _lock = new();
    private readonly List<ComponentDeliveries> _components = [];
    private bool _stopped;

    /// <summary>Takes the app's subscriptions, once. Those to unknown components are left out (and have been logged). Completes when the app's place in each topic is durable.</summary>
    public async Task StartAsync(IReadOnlyList<Subscription> subscriptions, CancellationToken cancel)
    {
        if (sidecar.Channel is not { } channel)
        {
            return;
        }

        foreach (var group in subscriptions.GroupBy(subscription => subscription.PubSubName, StringComparer.Ordinal))
        {
            if (!sidecar.PubSubs.TryGetValue(group.Key, out var component))
            {
                continue;
            }

            var sources = new List<Source>();
            foreach (var subscription in group)
            {
                var topic = await broker.TopicAsync(component.Name, subscription.Topic, cancel);
                sources.Add(new Source(subscription, await topic.JoinAsync(sidecar.AppId, cancel)));
            }

            var deliverer = new Deliverer(sidecar, channel, broker, component.Name, policies.ForInbound(component.Name), time, logger);
            Add(new ComponentDeliveries(component.Name, ConcurrencyOf(component), sidecar, sources, deliverer, time, logger));
            logger.Subscribed(string.Join(' ', group.Select(subscription => subscription.Topic)), component.Name);
        }
    }

    /// <summary>Looks again whether there is something to deliver: the app has become healthy.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            _components.ForEach(component => component.Wake());
        }
    }

    /// <summary>Takes nothing new, waits for deliveries in flight up to <paramref name="grace"/>, breaks off the rest. What was not acknowledged stays pending.</summary>
    /// <param name="grace">Negative = without a limit.</param>
    /// <param name="atOnce">Ends the grace.</param>
    public async Task StopAsync(TimeSpan grace, CancellationToken atOnce)
    {
        ComponentDeliveries[] components;
        lock (_lock)
        {
            _stopped = true;
            components = [.. _components];
            _components.Clear();
        }

        using var patience = new CancellationTokenSource(grace < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : grace, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, atOnce);
        await Task.WhenAll(components.Select(component => component.StopAsync(limit.Token)));
        foreach (var component in components)
        {
            component.Dispose();
        }
    }

    private void Add(ComponentDeliveries component)
    {
        lock (_lock)
        {
            if (_stopped)
            {
                component.Dispose();
                return;
            }

            _components.Add(component);
            component.Start();
        }
    }

    private int ConcurrencyOf(PubSubComponent component)
    {
        if (component.Setting("concurrency") is not { } text)
        {
            return DefaultConcurrency;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0)
        {
            return value;
        }

        logger.BadSetting(component.Name, "concurrency", text, DefaultConcurrency);
        return DefaultConcurrency;
    }
}
