namespace LlmDapr.Generation.Telemetry;

/// <summary>Names of OpenTelemetry's conventions for generative AI (v1.41.0; all still in development, so they stand here once), and of LlmDapr's own.</summary>
internal static class GenAiNames
{
    public const string MeterName = "LlmDapr.Generation";
    public const string SourceName = "LlmDapr.Generation";

    public const string OperationDuration = "gen_ai.client.operation.duration";
    public const string TimeToFirstChunk = "gen_ai.client.operation.time_to_first_chunk";
    public const string TokenUsage = "gen_ai.client.token.usage";
    public const string Attempts = "llmdapr.attempts";
    public const string Retries = "llmdapr.retries";
    public const string Hedges = "llmdapr.hedges";
    public const string BreakerOpen = "llmdapr.breaker.open";

    public const string OperationName = "gen_ai.operation.name";
    public const string ProviderName = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string RequestStream = "gen_ai.request.stream";
    public const string ResponseTimeToFirstChunk = "gen_ai.response.time_to_first_chunk";
    public const string ErrorType = "error.type";
    public const string TokenType = "gen_ai.token.type";
    public const string Input = "input";
    public const string Output = "output";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string Outcome = "llmdapr.outcome";
    public const string Target = "llmdapr.target";
    public const string AttemptNumber = "llmdapr.attempt";

    /// <summary>Buckets that the conventions give for durations, seconds.</summary>
    public static readonly double[] DurationBuckets = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

    /// <summary>Buckets that the conventions give for token counts.</summary>
    public static readonly long[] TokenBuckets = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
}
