using System.ClientModel.Primitives;

namespace LlmDapr.Generation.Providers;

/// <summary>Adds query parameters to every call, such as Azure's <c>api-version</c>.</summary>
internal sealed class QueryPolicy(IReadOnlyDictionary<string, string> query) : PipelinePolicy
{
    private readonly string _query = string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        Add(message.Request);
        ProcessNext(message, pipeline, currentIndex);
    }

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        Add(message.Request);
        return ProcessNextAsync(message, pipeline, currentIndex);
    }

    private void Add(PipelineRequest request)
    {
        var uri = new UriBuilder(request.Uri!);
        uri.Query = uri.Query.Length > 1 ? $"{uri.Query[1..]}&{_query}" : _query;
        request.Uri = uri.Uri;
    }
}
