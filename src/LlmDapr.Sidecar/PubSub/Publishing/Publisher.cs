using System.Collections.Frozen;
using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>Publishes for one app, whichever API the call came by. Thread-safe.</summary>
internal sealed class Publisher(SidecarInstance sidecar, TimeProvider time, ILogger logger)
{
    private readonly FrozenDictionary<string, TopicScopes> _scopes =
        sidecar.PubSubs.ToFrozenDictionary(pair => pair.Key, pair => new TopicScopes(pair.Value, sidecar.AppId));

    /// <summary>Checks what can be checked without the body; HTTP asks this before it reads one.</summary>
    public PublishRefusal? FindRefusal(string pubSubName, string topic, IReadOnlyDictionary<string, string> metadata)
    {
        if (pubSubName.Length == 0)
        {
            return PublishErrors.NameEmpty();
        }

        if (!_scopes.ContainsKey(pubSubName))
        {
            return PublishErrors.NotFound(pubSubName);
        }

        if (topic.Length == 0)
        {
            return PublishErrors.TopicEmpty(pubSubName);
        }

        switch (PublishMetadata.IsRaw(metadata, out var raw))
        {
            case null:
                return PublishErrors.BadRawPayload(pubSubName, raw);
            case true:
                logger.RawPayloadNotServed(sidecar.AppId, pubSubName, topic);
                return PublishErrors.NotServed("rawPayload");
        }

        if (PublishMetadata.FindUndeliverable(metadata) is { } why)
        {
            logger.PublishUndeliverable(sidecar.AppId, pubSubName, topic, why);
            return PublishErrors.Undeliverable(pubSubName, why);
        }

        return null;
    }

    /// <summary>Checks a call, makes its envelope and hands it to the broker.</summary>
    /// <returns>Null when the message is durable, else why it was refused.</returns>
    public async Task<PublishRefusal?> PublishAsync(PublishCall call, CancellationToken cancel)
    {
        if (FindRefusal(call.PubSubName, call.Topic, call.Metadata) is { } refusal)
        {
            return refusal;
        }

        var now = time.GetUtcNow();
        var ttl = PublishMetadata.TimeToLive(call.Metadata);
        byte[] envelope;
        try
        {
            envelope = Envelope.Build(call, sidecar.AppId, now, ttl is { } life ? now + life : null);
        }
        catch (InvalidEventException invalid)
        {
            logger.PublishRefused(sidecar.AppId, call.PubSubName, call.Topic, invalid.Message);
            return PublishErrors.NoCloudEvent(call.PubSubName, sidecar.AppId, invalid.Message);
        }

        if (!_scopes[call.PubSubName].MayPublish(call.Topic))
        {
            logger.PublishRefused(sidecar.AppId, call.PubSubName, call.Topic, "the component's topic scopes do not allow it");
            return PublishErrors.Forbidden(call.PubSubName, call.Topic, sidecar.AppId);
        }

        try
        {
            await sidecar.Broker!.PublishAsync(call.PubSubName, call.Topic, envelope, call.Metadata, ttl, cancel);
            return null;
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            logger.PublishFailed(failed, sidecar.AppId, call.PubSubName, call.Topic);
            return PublishErrors.Failed(call.PubSubName, call.Topic, failed.Message);
        }
    }
}
