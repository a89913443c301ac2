using System.ClientModel.Primitives;

namespace LlmDapr.Generation.Providers;

/// <summary>The head of a provider's answer, and its body as it comes. Disposing it ends the call, also at the provider.</summary>
internal sealed class ProviderResponse(PipelineResponse response) : IDisposable
{
    public int Status => response.Status;

    public Stream Content => response.ContentStream ?? Stream.Null;

    public string? ContentType => response.Headers.TryGetValue("Content-Type", out var type) ? type : null;

    /// <summary>Whether the body is a stream of events.</summary>
    public bool IsEventStream => ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The headers that callers see, as [name, value].</summary>
    public List<string[]> CallerHeaders() => UpstreamHeaders.ForCaller(response.Headers);

    public void Dispose() => response.Dispose();
}
