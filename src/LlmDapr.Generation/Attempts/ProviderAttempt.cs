using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Requests;
using LlmDapr.Generation.Calls;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Providers;
using LlmDapr.Generation.Streaming;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Attempts;

/// <summary>
/// One call to one target, up to the point where the caller can be told something: a plain answer is whole, a stream has its first words. Thread-safe.
/// </summary>
internal sealed class ProviderAttempt(IOptions<CallOptions> options, TimeProvider time)
{
    private readonly CallOptions _options = options.Value;

    /// <exception cref="OperationCanceledException">The caller left, or the call's clock ran out.</exception>
    public async Task<Attempt> RunAsync(Target target, RequestKind kind, RequestEnvelope request, CancellationToken cancellationToken)
    {
        var body = request.WithTarget(target.Model, includeUsage: target.Provider.StreamUsage);
        try
        {
            var response = await target.Provider.SendAsync(kind, target.Model, body, request.Stream, cancellationToken);
            return request.Stream && response.Status is >= 200 and < 300
                ? await StreamAsync(target, request, response, cancellationToken)
                : await PlainAsync(target, response, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return new Attempt.Failed(target, ApiError.Upstream($"The provider '{target.Provider.Name}' cannot be reached: {e.Message}", "provider_unreachable"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own clock, the only one that is not the call's.
            return new Attempt.Failed(target, ApiError.Upstream($"The provider '{target.Provider.Name}' cannot be reached: no connection within its ConnectTimeout.", "provider_unreachable"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new Attempt.Failed(target, ApiError.Upstream($"The provider '{target.Provider.Name}' broke the connection: {e.Message}"));
        }
    }

    private async Task<Attempt> PlainAsync(Target target, ProviderResponse response, CancellationToken cancellationToken)
    {
        using (response)
        {
            if (await AnswerBody.ReadAsync(response.Content, _options.MaxAnswerBytes, cancellationToken) is not { } body)
            {
                return new Attempt.Failed(target, ApiError.Upstream($"The provider's answer is larger than {_options.MaxAnswerBytes} bytes (Calls:MaxAnswerBytes)."));
            }

            if (response.Status >= 400)
            {
                return new Attempt.Plain(target, ProviderError.Headers(response), response.Status, ProviderError.Body(target.Provider, response.Status, body));
            }

            return response.Status is >= 200 and < 300 && AnswerBody.IsJsonObject(body)
                ? new Attempt.Plain(target, response.CallerHeaders(), response.Status, body)
                : new Attempt.Failed(target, ApiError.Upstream($"The provider '{target.Provider.Name}' answered {response.Status} with what is not a JSON object."));
        }
    }

    private async Task<Attempt> StreamAsync(Target target, RequestEnvelope request, ProviderResponse response, CancellationToken cancellationToken)
    {
        if (!response.IsEventStream)
        {
            response.Dispose();
            return new Attempt.Failed(target, ApiError.Upstream($"The provider '{target.Provider.Name}' was asked for a stream and sent '{response.ContentType}'."));
        }

        var stream = new ChatStream(
            response,
            new ChatStreamOptions(
                request.Choices,
                HideUsage: target.Provider.StreamUsage && !request.IncludesUsage,
                _options.MaxEventBytes,
                _options.SilenceAfterFinish,
                said => ProviderError.InStream(target.Provider, said)),
            time);
        var handedOver = false;
        try
        {
            var first = await stream.ReadAsync(opening: true, cancellationToken);
            if (stream.End is { Fault: { } fault, BeforeContent: true })
            {
                return stream.End.Said is { } said
                    ? new Attempt.Plain(target, ProviderError.Headers(response), fault.Status, said)
                    : new Attempt.Failed(target, fault);
            }

            handedOver = true;
            return new Attempt.Streaming(target, response.CallerHeaders(), first, stream);
        }
        finally
        {
            if (!handedOver)
            {
                await stream.DisposeAsync();
            }
        }
    }
}
