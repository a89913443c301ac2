using System.Net;
using Microsoft.Extensions.Primitives;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>Sends to one app. Adds the content headers of a request without a body, which .NET keeps with the content.</summary>
internal sealed class AppClient(SocketsHttpHandler handler) : HttpMessageInvoker(handler, disposeHandler: true)
{
    /// <inheritdoc/>
    public override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        SendOnce.Guard(request);
        if (request.Content is null && request.Options.TryGetValue(AppChannel.ContentHeaders, out var headers))
        {
            request.Content = new NoContent(headers);
        }

        return base.SendAsync(request, cancellationToken);
    }

    // YARP forbids to replace the content, so this is put in below it.
    private sealed class NoContent : HttpContent
    {
        public NoContent(KeyValuePair<string, StringValues>[] headers)
        {
            foreach (var (name, values) in headers)
            {
                Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return true;
        }
    }
}
