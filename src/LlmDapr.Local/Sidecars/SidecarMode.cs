namespace LlmDapr.Local.Sidecars;

/// <summary>Which sidecar a run has.</summary>
internal enum SidecarMode
{
    /// <summary>A real daprd where one is found, else the development sidecar.</summary>
    Auto,

    /// <summary>A real daprd.</summary>
    Daprd,

    /// <summary>The development sidecar.</summary>
    Embedded,
}
