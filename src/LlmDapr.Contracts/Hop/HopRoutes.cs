namespace LlmDapr.Contracts.Hop;

/// <summary>Generation's paths, which edge invokes through Dapr. Daprd's circuit breaker has one key a path, whatever the verb.</summary>
public static class HopRoutes
{
    /// <summary>POST: a chat completion, answered in hop framing. GET: 204, the probe of the path's breaker.</summary>
    public const string ChatCompletions = "/hop/chat/completions";

    /// <summary>POST: embeddings, answered in hop framing. GET: 204, the probe of the path's breaker.</summary>
    public const string Embeddings = "/hop/embeddings";

    /// <summary>GET: the table of models as JSON (<see cref="ModelTable"/>).</summary>
    public const string Models = "/hop/models";
}
