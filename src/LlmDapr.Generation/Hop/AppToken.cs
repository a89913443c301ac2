using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace LlmDapr.Generation.Hop;

/// <summary>Dapr's app token: the sidecar sends it with each call, so that nobody else can use the operator's keys.</summary>
internal static class AppToken
{
    private const string Variable = "APP_API_TOKEN";

    public static IServiceCollection AddAppToken(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAuthentication().AddDapr(options => options.Token = configuration[Variable]);
        services.AddAuthorization(options => options.AddDapr());
        return services;
    }

    public static RouteGroupBuilder RequireAppToken(this RouteGroupBuilder group)
    {
        var configuration = ((IEndpointRouteBuilder)group).ServiceProvider.GetRequiredService<IConfiguration>();
        return string.IsNullOrWhiteSpace(configuration[Variable]) ? group : group.RequireAuthorization("Dapr");
    }
}
