using System.Runtime.InteropServices;

namespace LlmDapr.Sidecar.Hosting;

internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "Flags without a meaning in the development sidecar: {Flags}")]
    public static partial void FlagsIgnored(this ILogger logger, string flags);

    [LoggerMessage(4001, LogLevel.Information, "{AppId}: the sidecar has ended: {How}")]
    public static partial void SidecarEnded(this ILogger logger, string appId, string how);

    [LoggerMessage(4002, LogLevel.Information, "{Signal}: the sidecars end")]
    public static partial void SignalTaken(this ILogger logger, PosixSignal signal);
}
