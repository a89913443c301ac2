namespace LlmDapr.Sidecar.Hosting;

/// <summary>What the arguments ask for.</summary>
/// <param name="Sidecars">One entry a sidecar, in the order given.</param>
/// <param name="Ignored">Flags of daprd that mean nothing here.</param>
/// <param name="LogLevel">The least severe level that is logged.</param>
/// <param name="DataFile">Where state and messages are kept; null = in a temporary file.</param>
/// <param name="Help">Whether only the list of flags was asked for.</param>
internal sealed record CommandLineResult(IReadOnlyList<SidecarOptions> Sidecars, IReadOnlyList<string> Ignored, LogLevel LogLevel, string? DataFile, bool Help);
