using System.Net;
using System.Net.Sockets;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Ports;

/// <summary>
/// Free TCP ports that stay this process's own until it ends. They lie below the ephemeral range, so that no outgoing connection takes one between choice and use, and each
/// is reserved by a locked file, so that another runner does not choose it either. The lock goes with the process, however that ends; the empty file stays, since
/// deleting it could pull it away from under the next holder.
/// </summary>
internal sealed class PortReservations : IDisposable
{
    private const int First = 20_000;
    private const int Last = 32_000;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"llmdapr-ports-{Environment.UserName}");
    private readonly List<FileStream> _locks = [];
    private int _next = Random.Shared.Next(First, Last);

    /// <summary>Reserves a port on which nothing listens.</summary>
    public int Reserve()
    {
        Directory.CreateDirectory(_folder);
        for (var tried = First; tried < Last; tried++)
        {
            _next = _next + 1 < Last ? _next + 1 : First;
            if (IsFree(_next) && TryLock(_next))
            {
                return _next;
            }
        }

        throw new LocalFailure($"No TCP port from {First} to {Last} is free. Stop some of the programs that listen there.");
    }

    /// <summary>Whether nothing listens on a port of the loopback addresses.</summary>
    public static bool IsFree(int port) => CanListen(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanListen(IPAddress.IPv6Loopback, port));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var held in _locks)
        {
            held.Dispose();
        }

        _locks.Clear();
    }

    private bool TryLock(int port)
    {
        try
        {
            _locks.Add(new FileStream(Path.Combine(_folder, $"{port}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool CanListen(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException error)
        {
            // Anything but "in use" says that the address itself is not there (no IPv6), which is no listener.
            return error.SocketErrorCode is not (SocketError.AddressAlreadyInUse or SocketError.AccessDenied);
        }
    }
}
