namespace LlmDapr.Contracts;

/// <summary>HTTP header names that are LlmDapr's own or that it relies on. All are lower case, as they are sent.</summary>
public static class HeaderNames
{
    /// <summary>The request's id: a sane one of the caller is taken, and each answer carries it.</summary>
    public const string RequestId = "x-request-id";

    /// <summary>Milliseconds that are left for the request, counted from its arrival. Callers may send it; edge always sends it on the hop.</summary>
    public const string DeadlineMs = "x-llmdapr-deadline-ms";

    /// <summary>The provider and model that answered, as <c>provider/model</c>.</summary>
    public const string Target = "x-llmdapr-target";

    /// <summary>The provider's own <c>x-request-id</c>.</summary>
    public const string UpstreamRequestId = "x-llmdapr-upstream-request-id";

    /// <summary><c>false</c> where LlmDapr has itself retried in vain: the OpenAI SDKs obey it.</summary>
    public const string ShouldRetry = "x-should-retry";

    /// <summary>How the prompt cache served an answer: <c>hit</c>, <c>miss</c>, <c>coalesced</c> (another caller's call answered) or <c>bypass</c>.</summary>
    public const string Cache = "x-llmdapr-cache";

    /// <summary>The prompt cache's key of a request, as the admin's purge takes it.</summary>
    public const string CacheKey = "x-llmdapr-cache-key";

    /// <summary>Of callers: seconds that the answer may be served from the cache; 0 = not stored.</summary>
    public const string CacheTtl = "x-llmdapr-cache-ttl";

    /// <summary>Hop only: <c>include</c> when edge wants the usage of a stream itself, so that its last chunk is not taken out.</summary>
    public const string Usage = "x-llmdapr-usage";

    /// <summary>Hop only: edge's id for one call. Generation starts at most one call for each.</summary>
    public const string CallId = "x-llmdapr-call-id";

    /// <summary>Hop only: on whose behalf the call is made.</summary>
    public const string Tenant = "x-llmdapr-tenant";

    /// <summary>Hop only: one of <see cref="Priorities"/>.</summary>
    public const string Priority = "x-llmdapr-priority";

    /// <summary>Dapr's token, both ways: of an app to its sidecar and of a sidecar to its app.</summary>
    public const string DaprApiToken = "dapr-api-token";

    /// <summary>Set by the callee's sidecar: the app-id that invoked.</summary>
    public const string DaprCallerAppId = "dapr-caller-app-id";
}
