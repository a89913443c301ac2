using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.PubSub.Subscriptions;
using Microsoft.AspNetCore.Http.Features;

namespace LlmDapr.Sidecar.Metadata;

/// <summary><c>/v1.0/metadata</c>: what the sidecar knows of itself, and the values that apps put there.</summary>
internal sealed class MetadataStore(SidecarInstance sidecar)
{
    /// <summary>The version that the sidecar gives as its own.</summary>
    public const string Version = "1.19.0-llmdapr";

    private const string VersionKey = "daprRuntimeVersion";
    private const string Route = "/v1.0/metadata/";

    private readonly ConcurrentDictionary<string, string> _extended = new(StringComparer.Ordinal);

    /// <summary>The key of <c>PUT /v1.0/metadata/{key}</c>, percent-decoded; null for another path. A key is one segment of the target as it was sent.</summary>
    public static string? KeyOf(HttpContext context, RequestTarget target)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var question = raw.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? raw : raw[..question];
        if (!target.RoutePath.StartsWith(Route, StringComparison.Ordinal) || !path.StartsWith(Route, StringComparison.Ordinal))
        {
            return null;
        }

        var key = path[Route.Length..].TrimEnd('/');
        return key.Length == 0 || key.Contains('/', StringComparison.Ordinal) || !GoPath.TryDecode(key, out var decoded)
            ? null
            : GoPath.ToText(decoded);
    }

    /// <summary>The values that apps put there, and the sidecar's version, in key order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Extended => _extended.Where(pair => pair.Key != VersionKey)
        .Append(KeyValuePair.Create(VersionKey, Version))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Keeps a value for as long as the sidecar runs; one without a key is dropped.</summary>
    public void Set(string key, string value)
    {
        if (key.Length > 0)
        {
            _extended[key] = value;
        }
    }

    /// <summary>Answers <c>PUT /v1.0/metadata/{key}</c>.</summary>
    public async Task SetAsync(HttpContext context, string key)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        Set(key, await reader.ReadToEndAsync(context.RequestAborted));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Answers <c>GET /v1.0/metadata</c>.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var body = Encoding.UTF8.GetBytes(Write());
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private string Write()
    {
        var json = new StringBuilder();
        var options = sidecar.Options;
        json.Append(CultureInfo.InvariantCulture, $"{{\"id\":{DaprError.Quote(options.AppId)},\"runtimeVersion\":\"{Version}\",\"enabledFeatures\":[{string.Join(',', sidecar.Features.Select(DaprError.Quote))}]");
        if (sidecar.Components.Count > 0)
        {
            json.Append(",\"components\":[").AppendJoin(',', sidecar.Components.Select(ComponentList.Write)).Append(']');
        }

        var extended = Extended.Select(pair => $"{DaprError.Quote(pair.Key)}:{DaprError.Quote(pair.Value)}");
        json.Append(",\"extended\":{").AppendJoin(',', extended).Append('}');
        if (sidecar.Subscriptions is { Count: > 0 } subscriptions)
        {
            json.Append(",\"subscriptions\":[").AppendJoin(',', subscriptions.Select(SubscriptionList.Write)).Append(']');
        }

        json.Append(",\"appConnectionProperties\":").Append(WriteApp(options));
        return json.Append(sidecar.NotReady is null
            ? ",\"actorRuntime\":{\"runtimeStatus\":\"DISABLED\",\"hostReady\":false,\"placement\":\"placement: disconnected\"}}\n"
            : ",\"actorRuntime\":{\"runtimeStatus\":\"INITIALIZING\",\"hostReady\":false}}\n").ToString();
    }

    private static string WriteApp(SidecarOptions options)
    {
        var concurrency = options.AppMaxConcurrency > 0 ? $",\"maxConcurrency\":{options.AppMaxConcurrency}" : "";
        var health = options.EnableAppHealthCheck
            ? string.Create(
                CultureInfo.InvariantCulture,
                $",\"health\":{{\"healthCheckPath\":{DaprError.Quote(options.AppHealthCheckPath)},\"healthProbeInterval\":\"{options.AppHealthProbeInterval.TotalSeconds}s\",\"healthProbeTimeout\":\"{options.AppHealthProbeTimeout.TotalMilliseconds}ms\",\"healthThreshold\":{options.AppHealthThreshold}}}")
            : "";
        var port = options.AppPort > 0 ? $"\"port\":{options.AppPort}," : "";
        return $"{{{port}\"protocol\":\"http\",\"channelAddress\":{DaprError.Quote(options.AppChannelAddress)}{concurrency}{health}}}";
    }
}
