using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LlmDapr.Simulator.Tests;

/// <summary>One HTTP/1.1 exchange over a socket of its own: what really is on the wire, and how it ends.</summary>
/// <param name="Bytes">Everything that arrived.</param>
/// <param name="WasReset">It ended with a reset instead of an orderly end.</param>
public sealed record RawExchange(string Bytes, bool WasReset)
{
    public string Head => Bytes[..Bytes.IndexOf("\r\n\r\n", StringComparison.Ordinal)];

    public string Body => Bytes[(Head.Length + 4)..];

    /// <summary>Whether a chunked body has its last chunk.</summary>
    public bool HasLastChunk => Bytes.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);

    public static async Task<RawExchange> PostAsync(Uri address, string body, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, address.Port, cancellationToken);
        byte[] content = Encoding.UTF8.GetBytes(body);
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n");
        await socket.SendAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        await socket.SendAsync(content, cancellationToken);

        using var received = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        bool reset = false;
        try
        {
            int count;
            while ((count = await socket.ReceiveAsync(buffer, cancellationToken)) > 0)
            {
                received.Write(buffer, 0, count);
            }
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            reset = true;
        }

        return new RawExchange(Encoding.UTF8.GetString(received.ToArray()), reset);
    }
}
