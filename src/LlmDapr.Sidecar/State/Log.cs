namespace LlmDapr.Sidecar.State;

internal static partial class Log
{
    [LoggerMessage(7100, LogLevel.Warning, "The component {Name} ({Type}) is left out, as its ignoreErrors says: {Fault}", EventName = "StateComponentLeftOut")]
    public static partial void ComponentLeftOut(this ILogger logger, string name, string type, string fault);

    [LoggerMessage(7101, LogLevel.Warning, "{AppId}: numbers of a value saved over HTTP in {Store} were kept digit by digit; daprd would have stored them as 64-bit floating point and changed them. Values that matter are saved over gRPC", EventName = "StateNumbersKept")]
    public static partial void NumbersKept(this ILogger logger, string appId, string store);

    [LoggerMessage(7102, LogLevel.Warning, "{AppId}: a bulk get over HTTP from {Store} meets a value that is not JSON, under {Key}: it is answered as that key's error. daprd answers the whole call with an empty body", EventName = "StateValueNotJson")]
    public static partial void ValueNotJson(this ILogger logger, string appId, string store, string key);

    [LoggerMessage(7103, LogLevel.Warning, "{AppId}: {What} on the state store {Store} is not served by the development sidecar; daprd serves it", EventName = "StateNotServed")]
    public static partial void NotServed(this ILogger logger, string appId, string what, string store);

    [LoggerMessage(7104, LogLevel.Debug, "{Count} state entries whose time had come were removed", EventName = "StateExpired")]
    public static partial void Expired(this ILogger logger, int count);
}
