namespace LlmDapr.Sidecar.Invocation;

/// <summary>How a sidecar reaches what it invokes; daprd's headers and error texts differ by it.</summary>
internal enum ChannelKind
{
    /// <summary>Another sidecar's app.</summary>
    Remote,

    /// <summary>The sidecar's own app.</summary>
    Self,

    /// <summary>An address that was given instead of an app id.</summary>
    Url,
}
