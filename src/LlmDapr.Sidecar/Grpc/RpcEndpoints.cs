using System.Collections.Frozen;
using Grpc.Core;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>
/// Lets Grpc.AspNetCore make its handlers and takes them by path. ASP.NET's routing would do the same with a pass over every request of
/// the process's other ports, too, and would answer unknown paths itself.
/// </summary>
internal sealed class RpcEndpoints : IEndpointRouteBuilder
{
    private RpcEndpoints(IServiceProvider services) => ServiceProvider = services;

    /// <inheritdoc/>
    public IServiceProvider ServiceProvider { get; }

    /// <inheritdoc/>
    public ICollection<EndpointDataSource> DataSources { get; } = [];

    /// <inheritdoc/>
    public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(ServiceProvider);

    /// <summary>The handlers of a service's rpcs by path.</summary>
    public static FrozenDictionary<string, RequestDelegate> Of(ServerServiceDefinition service, IServiceProvider services)
    {
        var builder = new RpcEndpoints(services);
        builder.MapGrpcService(service);

        // Beside the rpcs there are endpoints with parameters in their paths, for rpcs that do not exist.
        return builder.DataSources
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RequestDelegate is not null && endpoint.RoutePattern.Parameters.Count == 0)
            .ToFrozenDictionary(endpoint => endpoint.RoutePattern.RawText!, endpoint => endpoint.RequestDelegate!, StringComparer.Ordinal);
    }
}
