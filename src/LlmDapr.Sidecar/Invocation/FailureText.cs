using System.Net.Sockets;
using System.Security.Authentication;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>daprd's words for what goes wrong between a sidecar and its app: those of Go's HTTP client.</summary>
internal static class FailureText
{
    /// <summary>Words a failure.</summary>
    public static string Of(InvocationCall call, AppChannel channel, string url, Exception? cause)
    {
        var verb = call.Verb.Method;
        return $"{call.FarSide}{verb[..1]}{verb[1..].ToLowerInvariant()} \"{url}\": {Cause(channel, cause)}";
    }

    /// <summary>Words a failure of the sidecar's own POST.</summary>
    public static string OfPost(AppChannel channel, string path, Exception cause) => $"Post \"{channel.BaseAddress}{path}\": {Cause(channel, cause)}";

    private static string Cause(AppChannel channel, Exception? cause)
    {
        const string Broken = "net/http: HTTP/1.x transport connection broken: ";
        var address = channel.BaseAddress[(channel.BaseAddress.IndexOf("://", StringComparison.Ordinal) + 3)..];
        for (var inner = cause; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return $"dial tcp {address}: connect: connection refused";
                case SocketException { SocketErrorCode: SocketError.ConnectionReset }:
                    return $"read tcp {address}: read: connection reset by peer";
                case SocketException { SocketErrorCode: SocketError.Shutdown }:
                    return $"write tcp {address}: write: broken pipe";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return $"dial tcp: lookup {address}: no such host";
                case SocketException socket:
                    return $"dial tcp {address}: {socket.SocketErrorCode}";
                case RepeatRefusedException:
                case InvalidOperationException when cause is HttpRequestException:
                    // The second is YARP's: a body that has been sent cannot be sent again.
                    return "EOF";
                case AuthenticationException tls:
                    return $"tls: {tls.Message}";
                case HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }:
                    return $"{Broken}net/http: server response headers exceeded {channel.ReadBufferSize} bytes; aborted";
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } when inner.InnerException is null:
                    return Broken + Malformed(inner.Message);
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return "EOF";
            }
        }

        return cause is null ? "EOF" : cause.Message;
    }

    // .NET quotes the status line; Go names the word in it that is no status.
    private static string Malformed(string message)
    {
        var start = message.IndexOf('\'', StringComparison.Ordinal);
        var end = message.LastIndexOf('\'');
        if (end <= start)
        {
            return $"malformed HTTP response: {message}";
        }

        var line = message[(start + 1)..end];
        var words = line.Split(' ');
        return words.Length < 2 ? $"malformed HTTP response \"{line}\"" : $"malformed HTTP status code \"{words[1]}\"";
    }
}
