using LlmDapr.Edge.Errors;

namespace LlmDapr.Edge.Admin;

internal static class AdminKeyExtensions
{
    /// <summary>Lets only the operator in, before anything of the request is read.</summary>
    public static TBuilder RequireAdminKey<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.AddEndpointFilter(static async (context, next) =>
        {
            var http = context.HttpContext;
            if (http.RequestServices.GetRequiredService<AdminKey>().Refusal(http.Request) is { } refusal)
            {
                await http.Response.AnswerAsync(refusal, http.RequestAborted);
                return Results.Empty;
            }

            return await next(context);
        });
}
