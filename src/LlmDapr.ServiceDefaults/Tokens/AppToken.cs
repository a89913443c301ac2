using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.ServiceDefaults.Tokens;

/// <summary>Dapr's app token (<c>APP_API_TOKEN</c>): the sidecar sends it with each call, so that nobody else can use what is meant for it alone.</summary>
public static class AppToken
{
    private const string Variable = "APP_API_TOKEN";
    private const string Policy = "Dapr";

    /// <summary>Adds the check, where a token is set.</summary>
    public static IServiceCollection AddAppToken(this IServiceCollection services, IConfiguration configuration)
    {
        if (IsSet(configuration))
        {
            // Authentication brings data protection along, which these services have no use for: keys in memory, none on disk.
            services.AddDataProtection().UseEphemeralDataProtectionProvider();
            services.AddAuthentication().AddDapr(options => options.Token = configuration[Variable]);
            services.AddAuthorization(options => options.AddDapr(Policy));
        }

        return services;
    }

    /// <summary>Lets only a sidecar in that knows the token, where one is set.</summary>
    public static RouteGroupBuilder RequireAppToken(this RouteGroupBuilder group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var configuration = ((IEndpointRouteBuilder)group).ServiceProvider.GetRequiredService<IConfiguration>();
        return IsSet(configuration) ? group.RequireAuthorization(Policy) : group;
    }

    private static bool IsSet(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[Variable]);
}
