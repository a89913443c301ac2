namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>The CloudEvent that a publish becomes.</summary>
internal static class Envelope
{
    /// <summary>Wraps a body, or fills in what a CloudEvent lacks.</summary>
    /// <param name="call">What is published.</param>
    /// <param name="appId">The publisher: the default source.</param>
    /// <param name="now">The event's time.</param>
    /// <param name="expires">When the event is no longer wanted; null = never.</param>
    /// <exception cref="InvalidEventException">The body should be a CloudEvent and is none.</exception>
    public static byte[] Build(PublishCall call, string appId, DateTimeOffset now, DateTimeOffset? expires) => throw new NotImplementedException();
}
