using System.Net;
using System.Net.Sockets;
using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.Grpc;
using LlmDapr.Sidecar.Invocation;
using LlmDapr.Sidecar.Metadata;
using LlmDapr.Sidecar.PubSub.Publishing;
using LlmDapr.Sidecar.Resiliency;
using LlmDapr.Sidecar.State;
using LlmDapr.Sidecar.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Forwarder;

namespace LlmDapr.Sidecar.Hosting;

/// <summary>The three listeners of one sidecar: HTTP API, gRPC API, metrics.</summary>
internal sealed class SidecarServer : IAsyncDisposable
{
    // A DaprClient sends all its calls over one connection; Go's server, too, lets it have as many at once as it wants.
    private const int MostStreams = 100_000;

    private readonly WebApplication _web;
    private readonly SidecarInstance _sidecar;

    private SidecarServer(WebApplication web, SidecarInstance sidecar) => (_web, _sidecar) = (web, sidecar);

    /// <summary>Opens the ports.</summary>
    /// <exception cref="StartException">A port is taken, or an address is no address of this machine.</exception>
    public static async Task<SidecarServer> StartAsync(
        SidecarInstance sidecar, ResiliencyPolicies policies, ILoggerFactory loggers, CancellationToken cancel)
    {
        var options = sidecar.Options;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddHttpForwarder();
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = (int)Math.Min(options.MaxBodySize, int.MaxValue));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromDays(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));

        var web = builder.Build();
        var logger = loggers.CreateLogger("LlmDapr.Sidecar");
        var invoker = new Invoker(sidecar, web.Services.GetRequiredService<IHttpForwarder>(), policies, logger);
        var metadata = new MetadataStore(sidecar);
        var api = new SidecarApi(sidecar, invoker, metadata, new StateApi(sidecar, logger), new PublishApi(sidecar), logger);
        var rpcs = ServedRpcs.Bind(sidecar, metadata, logger);
        var grpc = new GrpcApi(sidecar, RpcEndpoints.Of(rpcs, web.Services), logger);
        var prometheus = new PrometheusPage(sidecar, policies);
        web.Run(context =>
        {
            var port = context.Connection.LocalPort;
            return port == sidecar.HttpPort ? api.HandleAsync(context)
                : port == sidecar.GrpcPort ? grpc.HandleAsync(context)
                : prometheus.WriteAsync(context);
        });

        try
        {
            await web.StartAsync(cancel);
        }
        catch (IOException failed)
        {
            await web.DisposeAsync();
            throw new StartException($"{options.AppId}: {failed.Message} Choose other ports (--dapr-http-port, --dapr-grpc-port, --metrics-port; 0 = a free one) or end the process that has it.", failed);
        }
        catch (SocketException failed)
        {
            await web.DisposeAsync();
            throw new StartException($"{options.AppId}: cannot listen on {string.Join(", ", options.ListenAddresses)}: {failed.Message}", failed);
        }

        ReadPorts(web, sidecar);
        return new SidecarServer(web, sidecar);
    }

    /// <summary>Closes the ports. Calls in flight may go on for the time given, then their connections are broken off.</summary>
    /// <returns>Whether all calls had ended by themselves.</returns>
    public async Task<bool> StopAsync(TimeSpan grace, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(grace < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : grace, time);
        await _web.StopAsync(limit.Token);
        return !limit.IsCancellationRequested || _sidecar.CallsInFlight == 0;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static void Configure(KestrelServerOptions kestrel, SidecarOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowHostHeaderOverride = true;
        kestrel.RequestHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1;

        // The sidecar has limits and answers of its own; these only have to be wider.
        const int Wider = 256 * 1024;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.ReadBufferSize + Wider;
        kestrel.Limits.MaxRequestBufferSize = 1024 * 1024 + options.ReadBufferSize;
        kestrel.Limits.MaxRequestLineSize = options.ReadBufferSize + Wider;
        kestrel.Limits.MaxRequestHeaderCount = 4096;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MostStreams;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);

        foreach (var address in options.ListenAddresses)
        {
            var ip = Parse(address, options);
            kestrel.Listen(ip, options.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(ip, options.GrpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        }

        kestrel.Listen(IPAddress.Loopback, options.MetricsPort, listen => listen.Protocols = HttpProtocols.Http1);
    }

    private static IPAddress Parse(string address, SidecarOptions options) =>
        address is "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(address.Trim('[', ']'), out var ip) ? ip
        : throw new StartException($"{options.AppId}: --dapr-listen-addresses has '{address}', which is no IP address.");

    // Kestrel lists the addresses in the order in which they were asked for.
    private static void ReadPorts(WebApplication web, SidecarInstance sidecar)
    {
        var ports = web.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses
            .Select(address => BindingAddress.Parse(address).Port)
            .ToArray();
        (sidecar.HttpPort, sidecar.GrpcPort, sidecar.MetricsPort) = (ports[0], ports[1], ports[^1]);
    }
}
