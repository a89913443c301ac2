using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>Publishes for one app, whichever API the call came by. Thread-safe.</summary>
internal sealed class Publisher(SidecarInstance sidecar)
{
    /// <summary>Checks a call, makes its envelope and hands it to the broker.</summary>
    /// <returns>Null when the message is durable, else why it was refused.</returns>
    public Task<PublishRefusal?> PublishAsync(PublishCall call, CancellationToken cancel)
    {
        _ = (sidecar, call, cancel);
        throw new NotImplementedException();
    }
}
