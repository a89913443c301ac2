using System.ClientModel;
using System.ClientModel.Primitives;
using LlmDapr.Contracts.Requests;
using LlmDapr.Generation.Catalog;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;

// The constructors that take an AuthenticationPolicy are marked experimental; without them a provider without a key, or with its own header, has no client.
#pragma warning disable OPENAI001

namespace LlmDapr.Generation.Providers;

/// <summary>
/// One provider, called through the OpenAI SDK's protocol methods: bytes in, bytes out, over one pooled handler. The SDK retries nothing and has
/// no clock of its own, since both have one owner (the call). Thread-safe.
/// </summary>
internal sealed class Provider : IDisposable
{
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;
    private readonly ProviderEndpoint _endpoint;
    private readonly AuthenticationPolicy _authentication;
    private readonly Dictionary<string, string> _query;
    private readonly Lazy<ChatClient> _chat;
    private readonly Lazy<EmbeddingClient> _embeddings;

    public Provider(string name, ProviderOptions options, string? key)
    {
        Name = name;
        StreamUsage = options.StreamUsage;
        ListModels = options.ListModels;
        Redaction = new KeyRedaction(key);
        _endpoint = new ProviderEndpoint(options.Endpoint!);
        _query = options.Query;
        _authentication = key is null ? new NoAuthentication()
            : string.Equals(options.KeyHeader, ProviderKey.AuthorizationHeader, StringComparison.OrdinalIgnoreCase)
                ? ApiKeyAuthenticationPolicy.CreateBearerAuthorizationPolicy(new ApiKeyCredential(key))
                : ApiKeyAuthenticationPolicy.CreateHeaderApiKeyPolicy(new ApiKeyCredential(key), options.KeyHeader, null);
        _handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = true,

            // An answer that is given up is cut at once: draining it would go on costing money.
            MaxResponseDrainSize = 0,

            // Long enough to be pooled well, short enough to follow a provider whose addresses change.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        };
        _http = new HttpClient(_handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _chat = new(() => CreateChat("unused"));
        _embeddings = new(() => CreateEmbeddings("unused"));
    }

    public string Name { get; }

    /// <summary>Whether streams are asked for their usage.</summary>
    public bool StreamUsage { get; }

    /// <summary>Whether the provider is asked for its models; null: when no model of the configuration names it.</summary>
    public bool? ListModels { get; }

    /// <summary>Takes this provider's key out of what it says.</summary>
    public KeyRedaction Redaction { get; }

    /// <summary>Sends a body and returns when the head of the answer is there. The caller disposes the response, which ends the call.</summary>
    /// <exception cref="HttpRequestException">The provider could not be reached, or broke before its head.</exception>
    public async Task<ProviderResponse> SendAsync(RequestKind kind, string model, ReadOnlyMemory<byte> body, bool stream, CancellationToken cancellationToken)
    {
        using var content = BinaryContent.Create(BinaryData.FromBytes(body));
        var options = Options(cancellationToken);
        if (stream)
        {
            options.SetHeader("Accept", "text/event-stream");
        }

        // The client's model is no part of a protocol call: it is in the body already, and in the address where that depends on it.
        return await AskAsync(kind switch
        {
            RequestKind.ChatCompletion => (_endpoint.DependsOnModel ? CreateChat(model) : _chat.Value).CompleteChatAsync(content, options),
            RequestKind.Embeddings => (_endpoint.DependsOnModel ? CreateEmbeddings(model) : _embeddings.Value).GenerateEmbeddingsAsync(content, options),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        });
    }

    /// <summary>The models that the provider lists; none when it knows no such list.</summary>
    public async Task<ListedModels> ListAsync(CancellationToken cancellationToken)
    {
        var client = new OpenAIModelClient(_authentication, ClientOptions("models"));
        using var response = await AskAsync(client.GetModelsAsync(Options(cancellationToken)));
        if (response.Status is 404 or 405 or 501)
        {
            return new ListedModels(this, []);
        }

        if (response.Status != 200)
        {
            throw new HttpRequestException($"GET models was answered {response.Status}.");
        }

        using var body = new MemoryStream();
        await response.Content.CopyToAsync(body, cancellationToken);
        return ListedModels.Parse(this, body.ToArray());
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    private static async Task<ProviderResponse> AskAsync(Task<ClientResult> call)
    {
        try
        {
            return new ProviderResponse((await call).GetRawResponse());
        }
        catch (ClientResultException e) when (e.InnerException is HttpRequestException inner)
        {
            // The transport wraps what HttpClient says; the pipeline around us thinks in HttpClient's terms.
            throw new HttpRequestException(inner.HttpRequestError, inner.Message, e);
        }
    }

    private static RequestOptions Options(CancellationToken cancellationToken) => new()
    {
        CancellationToken = cancellationToken,
        BufferResponse = false,
        ErrorOptions = ClientErrorBehaviors.NoThrow,
    };

    private ChatClient CreateChat(string model) => new(model, _authentication, ClientOptions(model));

    private EmbeddingClient CreateEmbeddings(string model) => new(model, _authentication, ClientOptions(model));

    private OpenAIClientOptions ClientOptions(string model)
    {
        var options = new OpenAIClientOptions
        {
            Endpoint = _endpoint.For(model),
            Transport = new HttpClientPipelineTransport(_http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        if (_query.Count > 0)
        {
            options.AddPolicy(new QueryPolicy(_query), PipelinePosition.PerCall);
        }

        return options;
    }
}
