using System.Text.Json;
using LlmDapr.Contracts;
using LlmDapr.Sidecar.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmDapr.Edge.Tests.Hosting;

/// <summary>Edge with the development sidecar's state store and broker, and a generation that only tells which models there are.</summary>
internal sealed class JobsHost : IAsyncDisposable
{
    public const string Chat = EdgeHost.Chat;

    private readonly WebApplication _generation;
    private readonly SidecarHost _sidecars;
    private readonly DirectoryInfo _resources;

    private JobsHost(WebApplication generation, SidecarHost sidecars, DirectoryInfo resources, EdgeHost edge) =>
        (_generation, _sidecars, _resources, Edge) = (generation, sidecars, resources, edge);

    public EdgeHost Edge { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<JobsHost> StartAsync(params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var generation = builder.Build();
        generation.MapGet("/hop/models", context => ScriptedSidecar.TableAsync(context, new([new("m", 7, "us", "p/m", null)], [], null)));
        await generation.StartAsync(Cancelled);
        var port = new Uri(generation.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

        var resources = Directory.CreateTempSubdirectory("llmdapr-edge-");
        await File.WriteAllTextAsync(Path.Combine(resources.FullName, "components.yaml"), Component(DaprComponents.StateStore, "state.redis"), Cancelled);
        await File.WriteAllTextAsync(Path.Combine(resources.FullName, "pubsub.yaml"), Component(DaprComponents.PubSub, "pubsub.redis"), Cancelled);
        var sidecars = await SidecarHost.StartAsync(
            [
                new SidecarOptions { AppId = AppIds.Edge, ResourcesPaths = [resources.FullName], MaxBodySize = 16 * 1024 * 1024 },
                new SidecarOptions { AppId = AppIds.Generation, AppPort = port },
            ],
            cancellationToken: Cancelled);
        var edge = await EdgeHost.StartAsync(
            sidecars.Instances[0].HttpPort,
            [$"--DAPR_GRPC_PORT={sidecars.Instances[0].GrpcPort}", "--DAPR_GRPC_ENDPOINT=", "--LLMDAPR_ADMIN_KEY=admin", .. settings]);
        return new JobsHost(generation, sidecars, resources, edge);
    }

    public Task<HttpResponseMessage> SubmitAsync(string body = Chat, string path = "/v1/async/chat/completions", params (string Name, string Value)[] headers) =>
        Edge.SendAsync(EdgeHost.Request(body, path, headers: headers));

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Edge.SendAsync(request);
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        var text = await EdgeHost.TextAsync(response);
        return JsonElement.Parse(text);
    }

    public async ValueTask DisposeAsync()
    {
        await Edge.DisposeAsync();
        await _sidecars.DisposeAsync();
        await _generation.DisposeAsync();
        _resources.Delete(recursive: true);
    }

    private static string Component(string name, string type) => $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: {name}
        spec:
          type: {type}
          version: v1
          metadata:
            - name: keyPrefix
              value: llmdapr
        """;
}
