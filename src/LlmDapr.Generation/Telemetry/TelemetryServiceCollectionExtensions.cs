namespace LlmDapr.Generation.Telemetry;

internal static class TelemetryServiceCollectionExtensions
{
    public static IServiceCollection AddAttemptTelemetry(this IServiceCollection services) => services.AddSingleton<AttemptTelemetry>();
}
