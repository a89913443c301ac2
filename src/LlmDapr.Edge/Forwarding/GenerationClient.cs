using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.Contracts.Requests;
using LlmDapr.Edge.Callers;

namespace LlmDapr.Edge.Forwarding;

/// <summary>Invokes generation through Dapr and reads its answer as far as the head. Thread-safe.</summary>
internal sealed class GenerationClient(HttpClient http, GenerationGates gates, ILogger<GenerationClient> logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>
    /// Sends a request body as it came from a caller who waits. Either the hop's answer, whose head is the commit point, or the error that the caller is to see.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<(HopResponse? Answer, ApiError? Error)> SendAsync(RequestKind kind, ReadOnlyMemory<byte> body, Caller caller, CancellationToken cancellationToken) =>
        SendAsync(new GenerationRequest(kind, body, caller), cancellationToken);

    /// <summary>Sends a request body. Either the hop's answer, whose head is the commit point, or the error that the caller is to see.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<(HopResponse? Answer, ApiError? Error)> SendAsync(GenerationRequest wanted, CancellationToken cancellationToken)
    {
        var kind = wanted.Kind;
        var path = kind == RequestKind.ChatCompletion ? HopRoutes.ChatCompletions : HopRoutes.Embeddings;
        var gate = gates[path];
        if (gate.IsShut)
        {
            return (null, Unavailable("Generation does not answer at present."));
        }

        var taken = false;
        using var request = Request(path, wanted);
        HttpResponseMessage? response = null;
        PipeReader? pipe = null;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!IsHop(response))
            {
                return (null, await RefusedAsync(gate, response, cancellationToken));
            }

            pipe = PipeReader.Create(await response.Content.ReadAsStreamAsync(cancellationToken));
            if (await HopReader.ReadHeadAsync(pipe, cancellationToken) is not { } head)
            {
                logger.NoHead(path);
                return (null, Unavailable("Generation took the request and then broke."));
            }

            taken = true;
            return (new HopResponse(head, pipe, response, gate), null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // A cancellation that is not ours is the handler's: no connection in time.
            logger.Unreachable(path, e.Message);
            return (null, Unavailable("Generation or its sidecar cannot be reached."));
        }
        finally
        {
            if (!taken)
            {
                // Whatever it was, a caller's leaving too, Dapr's breaker counts it as a failure.
                gate.Failed();
                if (pipe is not null)
                {
                    await pipe.CompleteAsync();
                }

                response?.Dispose();
            }
        }
    }

    private static bool IsHop(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.OK && response.Content.Headers.ContentType?.MediaType == HopFormat.ContentType;

    private static HttpRequestMessage Request(string path, GenerationRequest wanted)
    {
        var caller = wanted.Caller;
        // Bytes with a known length: Dapr never repeats a chunked request.
        var content = new ReadOnlyMemoryContent(wanted.Body);
        content.Headers.ContentType = Json;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://{AppIds.Generation}{path}")) { Content = content };

        // This list is all that crosses: above all the caller's Authorization does not.
        request.Headers.TryAddWithoutValidation(HeaderNames.CallId, Guid.CreateVersion7().ToString("n"));
        request.Headers.TryAddWithoutValidation(HeaderNames.RequestId, caller.RequestId);
        request.Headers.TryAddWithoutValidation(HeaderNames.Tenant, caller.Tenant);
        request.Headers.TryAddWithoutValidation(HeaderNames.Priority, wanted.Priority);
        request.Headers.TryAddWithoutValidation(HeaderNames.DeadlineMs, ((long)caller.TimeLeft.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        if (wanted.KeepsUsage)
        {
            request.Headers.TryAddWithoutValidation(HeaderNames.Usage, "include");
        }

        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        return request;
    }

    private async Task<ApiError> RefusedAsync(PathGate gate, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var said = await DaprRefusal.ReadAsync(response, cancellationToken);
        logger.Refused(gate.Path, (int)response.StatusCode, said.Message);
        if (said.IsBreaker)
        {
            gate.Shut();
        }

        return Unavailable("Generation does not answer.");
    }

    private static ApiError Unavailable(string message) => ApiError.Unavailable($"{message} Try again in a moment.", RetryAfter);
}
