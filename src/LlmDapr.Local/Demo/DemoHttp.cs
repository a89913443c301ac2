using System.Net.Http.Headers;
using System.Text.Json;

namespace LlmDapr.Local.Demo;

/// <summary>How the demo reaches what it has started.</summary>
internal static class DemoHttp
{
    /// <summary>A client of an app on this machine. With a key, its caller is a tenant of its own.</summary>
    public static HttpClient To(int port, string? key = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://localhost:{port}/"), Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A request with JSON as its body.</summary>
    public static HttpRequestMessage Post(string path, byte[] body)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return message;
    }

    /// <summary>A JSON answer of the status that is wanted.</summary>
    /// <exception cref="HttpRequestException">It has another one.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, int status, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        return (int)response.StatusCode == status
            ? JsonDocument.Parse(body)
            : throw new HttpRequestException($"status {(int)response.StatusCode} instead of {status}: {System.Text.Encoding.UTF8.GetString(body)}");
    }
}
