using System.Net.Sockets;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Invocation;

namespace LlmDapr.Sidecar.AppHealth;

/// <summary>What a sidecar does with its app at start: waits for its port, then asks what daprd asks.</summary>
internal static class AppStart
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the app's port is open.</summary>
    public static async Task WaitForPortAsync(SidecarOptions options, TimeProvider time, ILogger logger, CancellationToken cancel)
    {
        for (var told = false; !await IsOpenAsync(options, cancel); told = true)
        {
            if (!told)
            {
                logger.WaitingForApp(options.AppId, options.AppPort);
            }

            await Task.Delay(Pause, time, cancel);
        }

        logger.AppFound(options.AppId, options.AppPort);
    }

    /// <summary>Asks for <c>/dapr/config</c>. The answer is of no interest: it is about actors.</summary>
    public static async Task AskForConfigAsync(SidecarOptions options, AppChannel channel, CancellationToken cancel)
    {
        using var request = Question(options, channel, "/dapr/config");
        try
        {
            using var answer = await channel.Client.SendAsync(request, cancel);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            // An app that does not answer this is no concern of the sidecar's.
        }
    }

    /// <summary>A question of the sidecar's own to its app.</summary>
    internal static HttpRequestMessage Question(SidecarOptions options, AppChannel channel, string path)
    {
        var request = Request(channel, path);
        request.Headers.TryAddWithoutValidation("Dapr-App-Id", options.AppId);
        request.Options.Set(AppChannel.ContentHeaders, [new("Content-Type", "application/json")]);
        if (options.AppApiToken is { } token)
        {
            request.Headers.TryAddWithoutValidation("Dapr-Api-Token", token);
        }

        return request;
    }

    /// <summary>A GET as Go's client sends it.</summary>
    internal static HttpRequestMessage Request(AppChannel channel, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(channel.BaseAddress + path));
        request.Headers.TryAddWithoutValidation("User-Agent", "Go-http-client/1.1");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        return request;
    }

    private static async Task<bool> IsOpenAsync(SidecarOptions options, CancellationToken cancel)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(options.AppChannelAddress, options.AppPort, cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
