using System.Net.Sockets;
using System.Text;

namespace LlmDapr.Edge.Tests.Hosting;

/// <summary>One request over a bare socket, whose answer is seen byte by byte.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly TcpClient _client = new();

    public static async Task<RawHttp> OpenAsync(EdgeHost edge, string head, string body = "")
    {
        var raw = new RawHttp();
        var address = edge.Client.BaseAddress!;
        await raw._client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await raw.WriteAsync($"{head}\r\n\r\n{body}");
        return raw;
    }

    public static Task<RawHttp> ChatAsync(EdgeHost edge, string body) =>
        OpenAsync(edge, $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}", body);

    public async Task WriteAsync(string text) => await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

    /// <summary>All up to where the server closes.</summary>
    public async Task<string> ToEndAsync()
    {
        using var all = new MemoryStream();
        try
        {
            await _client.GetStream().CopyToAsync(all, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    public void Dispose() => _client.Dispose();
}
