namespace LlmDapr.Local.Running;

/// <summary>Exit codes in words.</summary>
internal static class ExitCodes
{
    private const int SignalBase = 128;

    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "SIGHUP", [2] = "SIGINT", [6] = "SIGABRT", [9] = "SIGKILL", [11] = "SIGSEGV", [13] = "SIGPIPE", [15] = "SIGTERM",
    };

    /// <summary>The code, and the signal that it stands for.</summary>
    public static string Words(int code) =>
        Signals.TryGetValue(code - SignalBase, out var signal) ? $"exit code {code}, {signal}" : $"exit code {code}";
}
