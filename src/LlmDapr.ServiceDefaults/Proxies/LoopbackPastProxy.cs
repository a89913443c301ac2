using System.Net;

namespace LlmDapr.ServiceDefaults.Proxies;

/// <summary>
/// The proxy of the environment (<c>HTTP_PROXY</c> and its like) for every address but this machine's own: the sidecar and a provider on localhost are
/// never behind it. Go's programs, daprd among them, leave it out by themselves; .NET's do only where <c>NO_PROXY</c> says so.
/// </summary>
internal sealed class LoopbackPastProxy(IWebProxy configured) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => configured.Credentials;
        set => configured.Credentials = value;
    }

    /// <summary>Sees to it for every client of this process that has no proxy of its own. Doing it again changes nothing.</summary>
    public static void Install()
    {
        if (HttpClient.DefaultProxy is not LoopbackPastProxy)
        {
            HttpClient.DefaultProxy = new LoopbackPastProxy(HttpClient.DefaultProxy);
        }
    }

    public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : configured.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || configured.IsBypassed(host);
}
