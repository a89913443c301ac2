using LlmDapr.Sidecar.Resiliency;
using Yarp.ReverseProxy.Forwarder;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>One attempt, as YARP's forwarder asks for it: what goes to the app, and what is done with its answer.</summary>
internal sealed class Attempt(InvocationCall call, AppChannel channel, string url, int number) : HttpTransformer
{
    // The path goes out byte for byte: Uri would resolve and re-encode it.
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>What became of it; null when the forwarder has failed and says why.</summary>
    public AttemptResult? Result { get; private set; }

    /// <inheritdoc/>
    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        proxyRequest.Method = call.Verb;
        proxyRequest.RequestUri = new Uri(url, Verbatim);
        RequestHeaders.Copy(call, channel, proxyRequest, number);
        if (proxyRequest.Content is { } content && httpContext.Request.ContentLength is { } length and > 0 && call.HasLength)
        {
            content.Headers.ContentLength = length;
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return false;
        }

        try
        {
            Result = await AnswerRelay.RelayAsync(call, proxyResponse, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            var committed = httpContext.Response.HasStarted;
            Result = httpContext.RequestAborted.IsCancellationRequested
                ? new AttemptResult(AttemptEnd.CallerLeft, 0, 1, "context canceled", committed)
                : new AttemptResult(AttemptEnd.Failed, 0, 4, "context deadline exceeded", committed);
        }

        // The answer is dealt with: YARP has nothing left to copy.
        return false;
    }
}
