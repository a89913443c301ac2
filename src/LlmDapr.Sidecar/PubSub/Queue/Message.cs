namespace LlmDapr.Sidecar.PubSub.Queue;

/// <summary>A message as it is stored.</summary>
/// <param name="Id">Its place: ids grow in the order of the commits, over all topics.</param>
/// <param name="Data">The envelope, as published.</param>
/// <param name="Metadata">The publisher's metadata.</param>
/// <param name="Expires">From then on nobody gets it any more, in Unix milliseconds; null = no limit.</param>
internal sealed record Message(long Id, byte[] Data, IReadOnlyDictionary<string, string> Metadata, long? Expires);
