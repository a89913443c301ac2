using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>How the sidecar's host calls itself in the forwarding headers.</summary>
internal static class HostIdentity
{
    /// <summary>The host's name.</summary>
    public static readonly string Name = Dns.GetHostName();

    /// <summary>The host's first IPv4 address that is not loopback, else loopback.</summary>
    public static readonly string Address = FindAddress();

    /// <summary>The value of <c>Forwarded</c>.</summary>
    public static readonly string Forwarded = $"for={Address};by={Address};host={Name}";

    private static string FindAddress()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(nic => nic.OperationalStatus == OperationalStatus.Up)
                .SelectMany(nic => nic.GetIPProperties().UnicastAddresses)
                .Select(unicast => unicast.Address)
                .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))
                ?.ToString() ?? "127.0.0.1";
        }
        catch (NetworkInformationException)
        {
            return "127.0.0.1";
        }
    }
}
