namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>A message while its way is looked for. Its envelope is parsed when the first condition asks for it.</summary>
internal sealed class RoutedEvent(ReadOnlyMemory<byte> envelope)
{
    /// <summary>The envelope's bytes.</summary>
    public ReadOnlyMemory<byte> Envelope => envelope;
}
