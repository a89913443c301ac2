using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace LlmDapr.Generation.Hop;

/// <summary>Dapr's app token: the sidecar sends it with each call, so that nobody else can use the operator's keys.</summary>
internal static class AppToken
{
    private const string Variable = "APP_API_TOKEN";
    private const string Policy = "Dapr";

    public static IServiceCollection AddAppToken(this IServiceCollection services, IConfiguration configuration)
    {
        if (IsSet(configuration))
        {
            // Authentication brings data protection along, which this service has no use for: keys in memory, none on disk.
            services.AddDataProtection().UseEphemeralDataProtectionProvider();
            services.AddAuthentication().AddDapr(options => options.Token = configuration[Variable]);
            services.AddAuthorization(options => options.AddDapr(Policy));
        }

        return services;
    }

    public static RouteGroupBuilder RequireAppToken(this RouteGroupBuilder group)
    {
        var configuration = ((IEndpointRouteBuilder)group).ServiceProvider.GetRequiredService<IConfiguration>();
        return IsSet(configuration) ? group.RequireAuthorization(Policy) : group;
    }

    private static bool IsSet(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[Variable]);
}
