using System.Net;
using System.Net.Sockets;

namespace LlmDapr.Dapr.Conformance.Sidecars;

/// <summary>Ports for real daprds, which cannot be asked to choose one and tell it.</summary>
internal static class FreePorts
{
    /// <summary>Takes ports that are free now.</summary>
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
        {
            listener.Start();
        }

        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }
}
