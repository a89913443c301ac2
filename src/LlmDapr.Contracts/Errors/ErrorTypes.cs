namespace LlmDapr.Contracts.Errors;

/// <summary>Values of an error's <c>type</c> that LlmDapr itself gives.</summary>
public static class ErrorTypes
{
    /// <summary>The caller's mistake: 400, 404, 405, 413, 415.</summary>
    public const string InvalidRequest = "invalid_request_error";

    /// <summary>Too many requests or tokens: 429.</summary>
    public const string RateLimitExceeded = "rate_limit_exceeded";

    /// <summary>The queue is full: 503.</summary>
    public const string Overloaded = "overloaded";

    /// <summary>Generation unreachable, breaker open, no target left: 503.</summary>
    public const string ServiceUnavailable = "service_unavailable";

    /// <summary>The provider broke or sent rubbish: 502.</summary>
    public const string Upstream = "upstream_error";

    /// <summary>A clock ran out: 504.</summary>
    public const string Timeout = "timeout";

    /// <summary>A defect of LlmDapr: 500.</summary>
    public const string Server = "server_error";
}
