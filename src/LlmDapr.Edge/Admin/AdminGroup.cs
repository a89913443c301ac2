using System.Security.Cryptography;
using System.Text;
using LlmDapr.Contracts.Errors;
using LlmDapr.Edge.Errors;

namespace LlmDapr.Edge.Admin;

/// <summary>The operator's endpoints, <c>/admin/…</c>: they want <c>Authorization: Bearer</c> with the key of <c>LLMDAPR_ADMIN_KEY</c>, and are closed where none is set.</summary>
internal static class AdminGroup
{
    public const string KeyVariable = "LLMDAPR_ADMIN_KEY";
    private const string Bearer = "Bearer ";

    /// <summary>The group that every endpoint of the operator is mapped in.</summary>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        var key = endpoints.ServiceProvider.GetRequiredService<IConfiguration>()[KeyVariable] is { Length: > 0 } set ? Encoding.UTF8.GetBytes(set) : null;
        return endpoints.MapGroup("/admin").WithTags("Admin").AddEndpointFilter(async (invocation, next) =>
        {
            if (Refusal(invocation.HttpContext.Request, key) is not { } error)
            {
                return await next(invocation);
            }

            await invocation.HttpContext.Response.AnswerAsync(error, invocation.HttpContext.RequestAborted);
            return Results.Empty;
        });
    }

    private static ApiError? Refusal(HttpRequest request, byte[]? key)
    {
        if (key is null)
        {
            return ApiError.InvalidRequest($"The operator's endpoints are closed: set {KeyVariable} for edge and send it as a bearer key.", code: "admin_closed", status: StatusCodes.Status403Forbidden);
        }

        var authorization = request.Headers.Authorization.ToString();
        var given = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : "";
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), key)
            ? null
            : ApiError.InvalidRequest($"Send the key of {KeyVariable} as 'Authorization: Bearer …'.", "Authorization", "invalid_admin_key", StatusCodes.Status401Unauthorized);
    }
}
