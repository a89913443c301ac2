using Microsoft.AspNetCore.Http.HttpResults;

namespace LlmDapr.Simulator.Control;

/// <summary><c>/control/*</c>: what tests and benchmarks read and set. Without a key: it isn't part of the provider's API.</summary>
internal static class ControlEndpoints
{
    public static IEndpointRouteBuilder MapControl(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/control");
        group.MapGet("/stats", Stats);
        group.MapGet("/requests", Requests);
        group.MapGet("/in-flight", InFlight);
        group.MapPost("/release", Release);
        group.MapPost("/reset", Reset);
        return routes;
    }

    private static JsonHttpResult<CallStatistics> Stats(CallLedger ledger) =>
        TypedResults.Json(ledger.Snapshot(), ControlJsonContext.Default.CallStatistics);

    private static JsonHttpResult<RecordedRequests> Requests(RequestLog log, string? model = null) =>
        TypedResults.Json(new RecordedRequests(log.Of(model)), ControlJsonContext.Default.RecordedRequests);

    private static JsonHttpResult<OpenCalls> InFlight(CallLedger ledger) =>
        TypedResults.Json(
            new OpenCalls([.. ledger.InFlight().Select(record => new OpenCall(record.Model, record.Path, record.StartedAtMs, record.WordsSent))]),
            ControlJsonContext.Default.OpenCalls);

    private static JsonHttpResult<Released> Release(Gates gates, string? model = null) =>
        TypedResults.Json(new Released(gates.Release(model)), ControlJsonContext.Default.Released);

    private static NoContent Reset(CallLedger ledger, RequestLog log, Limits.RateLimits limits)
    {
        ledger.Reset();
        log.Clear();
        limits.Reset();
        return TypedResults.NoContent();
    }
}
