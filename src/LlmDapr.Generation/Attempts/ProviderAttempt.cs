using LlmDapr.Contracts.Errors;
using LlmDapr.Generation.Calls;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Providers;
using LlmDapr.Generation.Streaming;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Attempts;

/// <summary>
/// One call to one target, up to the point where the caller can be told something: a plain answer is whole, a stream has its first words. Thread-safe.
/// </summary>
internal sealed class ProviderAttempt(IOptions<CallOptions> options, IOptions<AttemptOptions> attempts, TimeProvider time)
{
    private readonly CallOptions _options = options.Value;

    /// <exception cref="OperationCanceledException">The caller left, or the call's clock ran out.</exception>
    public async Task<Attempt> RunAsync(Target target, GenerationCall call, CancellationToken cancellationToken)
    {
        var request = call.Request;
        var body = request.WithTarget(target.Model, includeUsage: target.Provider.StreamUsage);
        try
        {
            var response = await target.Provider.SendAsync(call.Kind, target.Model, body, request.Stream, cancellationToken);
            return request.Stream && response.Status is >= 200 and < 300
                ? await StreamAsync(target, call, response, cancellationToken)
                : await PlainAsync(target, response, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return Attempt.Failed.Unreachable(target, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own clock, the only one that is not the call's.
            return Attempt.Failed.Unreachable(target, "no connection within its ConnectTimeout.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Attempt.Failed.Broken(target, $"The provider '{target.Provider.Name}' broke the connection: {e.Message}");
        }
    }

    private async Task<Attempt> PlainAsync(Target target, ProviderResponse response, CancellationToken cancellationToken)
    {
        using (response)
        {
            if (await AnswerBody.ReadAsync(response.Content, _options.MaxAnswerBytes, cancellationToken) is not { } body)
            {
                return new Attempt.Failed(target, AttemptFault.TooLarge, ApiError.Upstream($"The provider's answer is larger than {_options.MaxAnswerBytes} bytes (Calls:MaxAnswerBytes)."));
            }

            if (response.Status >= 400)
            {
                return new Attempt.Plain(target, ProviderError.Headers(response), response.Status, ProviderError.Body(target.Provider, response.Status, body));
            }

            return response.Status is >= 200 and < 300 && AnswerBody.IsJsonObject(body)
                ? new Attempt.Plain(target, response.CallerHeaders(), response.Status, body)
                : Attempt.Failed.Broken(target, $"The provider '{target.Provider.Name}' answered {response.Status} with what is not a JSON object.");
        }
    }

    private async Task<Attempt> StreamAsync(Target target, GenerationCall call, ProviderResponse response, CancellationToken cancellationToken)
    {
        if (!response.IsEventStream)
        {
            response.Dispose();
            return Attempt.Failed.Broken(target, $"The provider '{target.Provider.Name}' was asked for a stream and sent '{response.ContentType}'.");
        }

        var stream = new ChatStream(
            response,
            new ChatStreamOptions(
                call.Request.Choices,
                HideUsage: target.Provider.StreamUsage && !call.Request.IncludesUsage && !call.KeepsUsage,
                _options.MaxEventBytes,
                _options.SilenceAfterFinish,
                attempts.Value.Idle,
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
                    : new Attempt.Failed(target, fault.Status == StatusCodes.Status504GatewayTimeout ? AttemptFault.TimedOut : AttemptFault.Broken, fault);
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
