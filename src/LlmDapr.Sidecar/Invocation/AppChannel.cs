using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>The way to one app: its address, its pool of connections, and how many calls it gets at once.</summary>
internal sealed class AppChannel : IDisposable
{
    /// <summary>Content headers of a request that has no body.</summary>
    public static readonly HttpRequestOptionsKey<KeyValuePair<string, StringValues>[]> ContentHeaders = new("content-headers");

    private readonly SemaphoreSlim? _slots;

    /// <summary>Opens the way; no connection is made before the first call.</summary>
    /// <param name="appId">The app's id.</param>
    /// <param name="baseAddress"><c>http://host:port</c>, without a slash at the end.</param>
    /// <param name="readBufferSize">Largest head of an answer in bytes.</param>
    /// <param name="maxConcurrency">Calls at once; 0 or less = no limit.</param>
    /// <param name="appToken">What the app gets as <c>dapr-api-token</c>.</param>
    public AppChannel(string appId, string baseAddress, int readBufferSize, int maxConcurrency, string? appToken)
    {
        AppId = appId;
        BaseAddress = baseAddress;
        ReadBufferSize = readBufferSize;
        AppToken = appToken;
        _slots = maxConcurrency > 0 ? new SemaphoreSlim(maxConcurrency) : null;
        Client = new AppClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = 1024,
            MaxResponseHeadersLength = Math.Max(1, (readBufferSize + 1023) / 1024),
            ConnectTimeout = TimeSpan.FromSeconds(15),
            Expect100ContinueTimeout = TimeSpan.FromSeconds(1),
            RequestHeaderEncodingSelector = SendOnce.EncodingOf,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        });
    }

    /// <summary>The app's id.</summary>
    public string AppId { get; }

    /// <summary><c>http://host:port</c>.</summary>
    public string BaseAddress { get; }

    /// <summary>Largest head of an answer in bytes.</summary>
    public int ReadBufferSize { get; }

    /// <summary>What the app gets as <c>dapr-api-token</c>.</summary>
    public string? AppToken { get; }

    /// <summary>The pool.</summary>
    public HttpMessageInvoker Client { get; }

    /// <summary>Waits for one of the app's slots; the slot is held until the answer's body has ended.</summary>
    public Task EnterAsync(CancellationToken cancel) => _slots is null ? Task.CompletedTask : _slots.WaitAsync(cancel);

    /// <summary>Gives the slot back.</summary>
    public void Leave() => _slots?.Release();

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        _slots?.Dispose();
    }
}
