using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.Health;

/// <summary>The sidecar's own health. It says nothing of the app's: daprd stays healthy while its app is down.</summary>
internal static class HealthAnswer
{
    /// <summary><c>GET /v1.0/healthz</c>: 204 once the app's port has been open; <c>?appid=</c> must match when it is given.</summary>
    public static Task WriteAsync(HttpContext context, SidecarInstance sidecar)
    {
        if (AppIdOf(context.Request.QueryString.Value) is { } wanted && wanted != sidecar.AppId)
        {
            return DaprError.WriteAsync(context, StatusCodes.Status500InternalServerError, "ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match");
        }

        if (sidecar.NotReady is { } parts)
        {
            return DaprError.WriteAsync(context, StatusCodes.Status500InternalServerError, "ERR_HEALTH_NOT_READY", $"dapr is not ready: [{parts}]");
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary><c>GET /v1.0/healthz/outbound</c>: 204 as soon as the API answers at all.</summary>
    public static Task WriteOutboundAsync(HttpContext context, SidecarInstance sidecar)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    // The name is case-sensitive in daprd, while ASP.NET's query collection is not.
    private static string? AppIdOf(string? query)
    {
        foreach (var pair in (query ?? "").TrimStart('?').Split('&'))
        {
            if (pair.StartsWith("appid=", StringComparison.Ordinal))
            {
                return Uri.UnescapeDataString(pair["appid=".Length..].Replace('+', ' '));
            }
        }

        return null;
    }
}
