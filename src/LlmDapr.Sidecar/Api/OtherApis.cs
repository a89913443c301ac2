namespace LlmDapr.Sidecar.Api;

/// <summary>The parts of Dapr's HTTP API that the development sidecar does not serve. Only a right verb finds them: a wrong one is an unknown route.</summary>
internal static class OtherApis
{
    /// <summary>One such part.</summary>
    internal sealed record OtherApi(string Name, string Code);

    private static readonly (string Prefix, int LeastSegments, string Verbs, OtherApi Api)[] Table =
    [
        ("/v1.0-alpha1/publish/bulk/", 2, "POST PUT", new("bulk publish", "ERR_PUBSUB_NOT_SUPPORTED")),
        ("/v1.0/publish/bulk/", 2, "POST PUT", new("bulk publish", "ERR_PUBSUB_NOT_SUPPORTED")),
        ("/v1.0/secrets/", 2, "GET", new("secrets", "ERR_SECRET_STORES_NOT_SUPPORTED")),
        ("/v1.0/configuration/", 1, "GET", new("configuration", "ERR_CONFIGURATION_NOT_SUPPORTED")),
        ("/v1.0-alpha1/configuration/", 1, "GET", new("configuration", "ERR_CONFIGURATION_NOT_SUPPORTED")),
        ("/v1.0/bindings/", 1, "POST PUT", new("bindings", "ERR_BINDING_NOT_SUPPORTED")),
        ("/v1.0/actors/", 3, "GET POST PUT DELETE PATCH", new("actors", "ERR_ACTOR_NOT_SUPPORTED")),
        ("/v1.0-alpha1/lock/", 1, "POST", new("lock", "ERR_LOCK_NOT_SUPPORTED")),
        ("/v1.0-alpha1/unlock/", 1, "POST", new("unlock", "ERR_LOCK_NOT_SUPPORTED")),
        ("/v1.0-alpha1/jobs/", 1, "GET POST DELETE", new("jobs", "ERR_JOBS_NOT_SUPPORTED")),
        ("/v1.0/jobs/", 1, "GET POST DELETE", new("jobs", "ERR_JOBS_NOT_SUPPORTED")),
        ("/v1.0-alpha1/conversation/", 2, "POST", new("conversation", "ERR_CONVERSATION_NOT_SUPPORTED")),
        ("/v1.0-alpha2/conversation/", 2, "POST", new("conversation", "ERR_CONVERSATION_NOT_SUPPORTED")),
        ("/v1.0-alpha1/crypto/", 2, "PUT", new("cryptography", "ERR_CRYPTO_NOT_SUPPORTED")),
        ("/v1.0-beta1/workflows/", 2, "GET POST", new("workflows", "ERR_WORKFLOW_NOT_SUPPORTED")),
        ("/v1.0/workflows/", 2, "GET POST", new("workflows", "ERR_WORKFLOW_NOT_SUPPORTED")),
    ];

    /// <summary>The part that a request is for, or null.</summary>
    public static OtherApi? Find(string method, string path)
    {
        foreach (var (prefix, least, verbs, api) in Table)
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal)
                && path.AsSpan(prefix.Length).Count('/') + 1 >= least
                && verbs.Split(' ').Contains(method, StringComparer.Ordinal))
            {
                return api;
            }
        }

        return null;
    }
}
