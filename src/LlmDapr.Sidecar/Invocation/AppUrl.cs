using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>The address that an app is asked at.</summary>
internal static class AppUrl
{
    /// <summary>The path that the app gets, cleaned, not yet encoded.</summary>
    public static string PathOf(InvocationCall call) => GoPath.Clean("/" + call.Target.Method);

    /// <summary>Writes the URL; returns daprd's text when the path cannot be one.</summary>
    public static string? TryWrite(InvocationCall call, AppChannel channel, out string url)
    {
        var path = PathOf(call);
        if (GoPath.BadEscape(path) is { } escape)
        {
            url = "";
            return $"{call.FarSide}parse \"{channel.BaseAddress}{GoPath.ToText(path)}\": invalid URL escape \"{escape}\"";
        }

        url = string.Concat(channel.BaseAddress, GoPath.Encode(path), call.Query);
        return null;
    }
}
