using System.Net;
using System.Net.Sockets;

namespace LlmDapr.Edge.Tests.Hosting;

/// <summary>An address whose queue of connections is full: a new one gets no answer at all.</summary>
internal sealed class DeafListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _waiting = [];

    public DeafListener()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1);
        for (var i = 0; i < 8; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                socket.Connect(_listener.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // It stands in the queue, or before it.
            }

            _waiting.Add(socket);
        }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        _waiting.ForEach(socket => socket.Dispose());
        _listener.Dispose();
    }
}
