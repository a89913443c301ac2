namespace LlmDapr.Edge.OpenApi;

internal static class ApiDocument
{
    public static IServiceCollection AddApiDocument(this IServiceCollection services) =>
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "LlmDapr";
            document.Info.Version = "v1";
            document.Info.Description = "An OpenAI-compatible gateway. Fields that this document does not name pass through unchanged.";
            return Task.CompletedTask;
        }));

    public static RouteHandlerBuilder TakesJson<T>(this RouteHandlerBuilder builder)
        where T : notnull => builder.Accepts<T>("application/json");

    public static RouteHandlerBuilder ProducesApiErrors(this RouteHandlerBuilder builder) => builder.ProducesApiErrors(400, 404, 413, 415, 429, 502, 503, 504);

    public static RouteHandlerBuilder ProducesApiErrors(this RouteHandlerBuilder builder, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            builder.Produces<ErrorResponse>(status);
        }

        return builder;
    }
}
