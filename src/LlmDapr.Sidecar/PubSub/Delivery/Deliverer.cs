using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Invocation;
using LlmDapr.Sidecar.PubSub.Queue;
using LlmDapr.Sidecar.PubSub.Subscriptions;
using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.PubSub.Delivery;

/// <summary>
/// Brings single messages of one component to one app: finds the route, calls the app under the inbound retries, and ends the message as its
/// answer says. A message that it cannot end goes back to its group. Thread-safe.
/// </summary>
/// <param name="sidecar">The app's sidecar.</param>
/// <param name="channel">The app.</param>
/// <param name="broker">Where dead letters go.</param>
/// <param name="component">The component's name.</param>
/// <param name="policy">The component's inbound retries; null = none.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The sidecar's log.</param>
internal sealed class Deliverer(
    SidecarInstance sidecar, AppChannel channel, Broker broker, string component, InboundPolicy? policy, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    /// <summary>Delivers a message that was taken from its group. Never throws.</summary>
    /// <param name="source">Where it comes from.</param>
    /// <param name="message">The message.</param>
    /// <param name="stop">Cancelled when the sidecar ends: a call in flight goes on, nothing is tried again.</param>
    /// <param name="abort">Breaks the call off.</param>
    /// <returns>False when the message went back.</returns>
    public async Task<bool> DeliverAsync(Source source, Message message, CancellationToken stop, CancellationToken abort)
    {
        try
        {
            if (await TryEndAsync(source, message, stop, abort))
            {
                return true;
            }
        }
        catch (OperationCanceledException)
        {
            // The sidecar ends; what the app may have done with the message is not known.
        }
        catch (Exception failed)
        {
            // A data file that cannot be written, most likely. Not at once: the app would be called in a loop.
            logger.Faulted(sidecar.AppId, failed);
            await Task.Delay(AfterFault, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        source.Group.Return(message);
        return false;
    }

    private async Task<bool> TryEndAsync(Source source, Message message, CancellationToken stop, CancellationToken abort)
    {
        var subscription = source.Subscription;
        var head = EventHead.Of(message.Data);
        if (message.Expires is { } expires && expires <= time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            logger.Expired(head.Id, subscription.Topic);
            await source.Group.AckAsync(message, null);
            return true;
        }

        if (Route(subscription, message, head) is not { } path)
        {
            await source.Group.AckAsync(message, await DeadLetterTopicAsync(subscription));
            return true;
        }

        var answer = policy is null
            ? await AttemptAsync(source, path, message, head, stop, abort)
            : await policy.RunAsync($"event {head.Id} of topic {subscription.Topic}", () => AttemptAsync(source, path, message, head, stop, abort), () => MayGoOn(stop), stop);
        if (!answer.IsDone && !MayGoOn(stop))
        {
            return false;
        }

        await EndAsync(source, message, head, answer);
        return true;
    }

    // An app that is ill or away, or a sidecar that ends, says nothing about the message.
    private bool MayGoOn(CancellationToken stop) => !stop.IsCancellationRequested && sidecar.AppIsHealthy && !sidecar.AppIsAway;

    private string? Route(Subscription subscription, Message message, EventHead head)
    {
        try
        {
            var path = subscription.PathFor(message.Data);
            if (path is null)
            {
                logger.NoRoute(head.Id, component, subscription.Topic);
            }

            return path;
        }
        catch (RoutingException failed)
        {
            logger.RouteFailed(head.Id, component, subscription.Topic, failed.Message, EndOf(subscription));
            return null;
        }
    }

    private async Task<DeliveryAnswer> AttemptAsync(
        Source source, string path, Message message, EventHead head, CancellationToken stop, CancellationToken abort)
    {
        await channel.EnterAsync(stop);
        try
        {
            var undeliverable = new List<string>();
            using var request = DeliveryRequest.Write(channel, path, component, message, head, sidecar.Tracing, undeliverable);
            if (undeliverable.Count > 0)
            {
                logger.MetadataLeftOut(string.Join(", ", undeliverable), head.Id);
            }

            using var answer = await channel.Client.SendAsync(request, abort);
            return await AnswerReader.ReadAsync(answer, head.Id, source.Subscription.Topic, abort);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            // daprd, which ends with its app, would leave what it holds to the app's other replicas; this one ends with its process.
            sidecar.AppIsAway |= broken is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } && source.Group.IsShared;
            return new DeliveryAnswer(AnswerKind.Broken, 0, FailureText.OfPost(channel, path, broken));
        }
        finally
        {
            channel.Leave();
        }
    }

    private async Task EndAsync(Source source, Message message, EventHead head, DeliveryAnswer answer)
    {
        var subscription = source.Subscription;
        if (answer.Kind == AnswerKind.Success)
        {
            await source.Group.AckAsync(message, null);
            return;
        }

        var deadLetters = await DeadLetterTopicAsync(subscription);
        await source.Group.AckAsync(message, deadLetters);
        if (answer.Kind == AnswerKind.Drop)
        {
            logger.Dropped(answer.Text, EndOf(subscription));
        }
        else if (deadLetters is not null)
        {
            logger.DeadLettered(head.Id, subscription.Topic, answer.Text, subscription.DeadLetterTopic!);
        }
        else
        {
            logger.Lost(component, subscription.Topic, answer.Text, head.Id, component);
        }
    }

    private async Task<Topic?> DeadLetterTopicAsync(Subscription subscription) =>
        string.IsNullOrEmpty(subscription.DeadLetterTopic) ? null : await broker.TopicAsync(component, subscription.DeadLetterTopic, CancellationToken.None);

    private static string EndOf(Subscription subscription) =>
        string.IsNullOrEmpty(subscription.DeadLetterTopic) ? "acknowledged and gone" : $"put into the dead-letter topic {subscription.DeadLetterTopic}";
}
