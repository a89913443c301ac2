using System.Net;
using System.Net.Sockets;

namespace LlmDapr.Testing;

/// <summary>Ports that nobody listens on at the moment.</summary>
public static class FreePorts
{
    /// <summary>So many different ones.</summary>
    public static IReadOnlyList<int> Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            listeners.ForEach(listener => listener.Start());
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }
}
