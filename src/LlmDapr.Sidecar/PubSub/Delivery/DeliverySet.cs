using LlmDapr.Sidecar.PubSub.Subscriptions;

namespace LlmDapr.Sidecar.PubSub.Delivery;

/// <summary>All deliveries of one sidecar to its app: taken up once the app's subscriptions are known, drained when the sidecar ends.</summary>
internal sealed class DeliverySet
{
    /// <summary>Takes the app's subscriptions, once. Those to unknown components are left out. Completes when the app's place in each topic is durable.</summary>
    public Task StartAsync(IReadOnlyList<Subscription> subscriptions, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Takes nothing new, waits for deliveries in flight up to <paramref name="grace"/>, breaks off the rest. What was not acknowledged stays pending.</summary>
    public Task StopAsync(TimeSpan grace) => throw new NotImplementedException();
}
