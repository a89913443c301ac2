using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Text;
using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.Invocation;
using LlmDapr.Sidecar.PubSub.Queue;
using LlmDapr.Sidecar.Telemetry;

namespace LlmDapr.Sidecar.PubSub.Delivery;

/// <summary>A message as the app is sent it.</summary>
internal static class DeliveryRequest
{
    // The path goes out byte for byte: Uri would resolve and re-encode it.
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private static readonly SearchValues<char> Breaks = SearchValues.Create("\r\n\0");

    /// <summary>Writes the request of one attempt.</summary>
    /// <param name="channel">The app.</param>
    /// <param name="path">The path, ready for a request line.</param>
    /// <param name="component">The component's name.</param>
    /// <param name="message">The message.</param>
    /// <param name="head">What was read of its envelope.</param>
    /// <param name="tracing">Whether deliveries get spans of their own.</param>
    /// <param name="undeliverable">Gets the metadata names that cannot be headers; daprd loses a message that has one.</param>
    public static HttpRequestMessage Write(
        AppChannel channel, string path, string component, Message message, EventHead head, Tracing tracing, List<string> undeliverable)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(channel.BaseAddress + path, Verbatim))
        {
            Version = HttpVersion.Version11,
            Content = new ByteArrayContent(message.Data),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/cloudevents+json");
        foreach (var (name, value) in message.Metadata)
        {
            if (!IsOwn(name) && !TryAdd(request, HeaderName.Canonical(name), value))
            {
                undeliverable.Add(name);
            }
        }

        request.Headers.TryAddWithoutValidation("Pubsubname", component);
        if (!request.Headers.Contains("User-Agent"))
        {
            request.Headers.TryAddWithoutValidation("User-Agent", "Go-http-client/1.1");
        }

        if (!request.Headers.Contains("Accept-Encoding"))
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        }

        if (Traceparent(head.Traceparent, tracing) is { } traceparent)
        {
            request.Headers.TryAddWithoutValidation("Traceparent", traceparent);
        }

        if (channel.AppToken is { } token)
        {
            request.Headers.TryAddWithoutValidation("Dapr-Api-Token", token);
        }

        return request;
    }

    private static string? Traceparent(string? published, Tracing tracing) => published switch
    {
        null => null,
        { Length: 55 } when tracing == Tracing.Always => string.Concat(published.AsSpan(0, 36), ActivitySpanId.CreateRandom().ToHexString(), published.AsSpan(52)),
        "" => TraceContext.Zeros,
        _ => published,
    };

    // What the sidecar says itself, and what belongs to the connection.
    private static bool IsOwn(string name) =>
        HopByHop.Is(name)
        || name.ToUpperInvariant() is "HOST" or "CONTENT-LENGTH" or "CONTENT-TYPE" or "PUBSUBNAME" or "TRACEPARENT" or "DAPR-API-TOKEN";

    private static bool TryAdd(HttpRequestMessage request, string name, string value)
    {
        if (value.AsSpan().ContainsAny(Breaks))
        {
            return false;
        }

        // Headers go out a byte a char: the value's UTF-8, as Go sends it.
        var bytes = Ascii.IsValid(value) ? value : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value));
        return request.Headers.TryAddWithoutValidation(name, bytes) || request.Content!.Headers.TryAddWithoutValidation(name, bytes);
    }
}
